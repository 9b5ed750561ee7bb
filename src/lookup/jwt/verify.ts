/**
 * Verifies a JSON Web Token (RFC 7519): signature, times, issuer, audience, and that it belongs to its
 * bearer.
 */
import { type ClaimRule, type Claims, findClaimMismatch } from '../../policy/login/claims.ts';
import { parseExactJson } from '../../policy/text/exact-json.ts';
import type { TextValues } from '../../policy/text/text-template.ts';
import {
  type CheckedHeader,
  type CompactToken,
  decodeBase64Url,
  readHeader,
  readObject,
  signingInput,
  splitToken,
} from './compact.ts';
import type { TokenKey, TokenKeys } from './keys.ts';
import { isSignedBy } from './signature.ts';
import { findClaimProblem } from './standard-claims.ts';

export interface TokenOptions {
  readonly issuer?: string | readonly string[];
  readonly audience?: string | readonly string[];
  /** Allowed clock skew, in seconds. Default: 0. */
  readonly clockTolerance?: number;
  /** Refuse tokens without expiry. Default: true. */
  readonly requireExpiry?: boolean;
  /** Default: 8192. */
  readonly maxTokenBytes?: number;
  /** Claims that must equal the client's properties; see `compileClaims`. */
  readonly claims?: readonly ClaimRule[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The client that presents the token, and the deadline for an answer. */
export interface TokenBearer {
  readonly values: TextValues;
  readonly signal?: AbortSignal;
}

/** Why a token is refused; each is a stable name for logs and metrics. */
export type TokenProblem =
  /** Not three parts of base64url: perhaps a password for another method. */
  | 'not_a_token'
  | 'too_large'
  | 'malformed'
  | 'algorithm_not_allowed'
  | 'unknown_key'
  | 'bad_signature'
  | 'expired'
  | 'not_yet_valid'
  | 'expiry_missing'
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'claim_mismatch';

export type TokenVerdict =
  | { readonly ok: true; readonly claims: Claims }
  /** `claim` names the claim that failed. */
  | { readonly ok: false; readonly reason: TokenProblem; readonly claim?: string };

/**
 * Verifies a token and returns its claims.
 *
 * @throws Failure when the keys cannot be looked up: that says nothing about the token.
 */
export async function verifyToken(
  token: string,
  keys: TokenKeys,
  options: TokenOptions,
  bearer: TokenBearer,
): Promise<TokenVerdict> {
  const { maxTokenBytes = 8192 } = options;
  // A token is ASCII: length in characters is length in bytes.
  if (token.length > maxTokenBytes) return refuse('too_large');
  const parts = splitToken(token);
  if (parts === undefined) return refuse('not_a_token');
  const header = readHeader(parts.header);
  if (header === undefined) return refuse('malformed');
  if (!keys.algorithms.includes(header.alg)) return refuse('algorithm_not_allowed');
  const candidates = (await keys.find(header, bearer.signal)).filter(({ algorithms }) =>
    algorithms.includes(header.alg),
  );
  const problem = findSignatureProblem(parts, header, candidates);
  if (problem !== undefined) return refuse(problem);
  const verdict = readClaims(parts, options);
  return verdict.ok ? compare(verdict, options, bearer) : verdict;
}

/** The payload is not read before the signature is verified. */
function findSignatureProblem(
  parts: CompactToken,
  { alg, isStrange, isUnencoded }: CheckedHeader,
  keys: readonly TokenKey[],
): TokenProblem | undefined {
  if (keys.length === 0) return 'unknown_key';
  const signature = decodeBase64Url(parts.signature);
  if (isStrange || signature === undefined) return 'malformed';
  const input = signingInput(parts);
  if (!keys.some((key) => isSignedBy(key, alg, input, signature))) return 'bad_signature';
  return isUnencoded ? 'malformed' : undefined;
}

function readClaims({ payload }: CompactToken, options: TokenOptions): TokenVerdict {
  const read = readObject(payload);
  if (read === undefined) return refuse('malformed');
  const problem = findClaimProblem(read.value, options);
  if (problem !== undefined) return refuse(problem.reason, problem.claim);
  return { ok: true, claims: withExactNumbers(read) };
}

/** Keeps all digits of numbers in claims that identify clients; times stay as they were compared. */
function withExactNumbers({ text, value }: NonNullable<ReturnType<typeof readObject>>): Claims {
  const exact = parseExactJson(text, value) as Claims;
  if (exact === value) return exact;
  const { exp, nbf, iat } = value;
  const times = Object.entries({ exp, nbf, iat }).filter(([, time]) => time !== undefined);
  return { ...exact, ...Object.fromEntries(times) };
}

function compare(
  verdict: { ok: true; claims: Claims },
  options: TokenOptions,
  bearer: TokenBearer,
): TokenVerdict {
  const claim = findClaimMismatch(verdict.claims, options.claims ?? [], bearer.values);
  return claim === undefined ? verdict : refuse('claim_mismatch', claim);
}

function refuse(reason: TokenProblem, claim?: string): TokenVerdict {
  return claim === undefined ? { ok: false, reason } : { ok: false, reason, claim };
}
