/** Checks a JSON Web Token (RFC 7519): signature, times, issuer, audience, and that it is its bearer's own. */
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { type ClaimRule, type Claims, findClaimMismatch } from '../../policy/login/claims.ts';
import { parseExactJson } from '../../policy/text/exact-json.ts';
import type { TextValues } from '../../policy/text/text-template.ts';
import { type Jose, loadJose } from './jose.ts';
import type { TokenHeader, TokenKey, TokenKeys } from './keys.ts';

export interface TokenOptions {
  readonly issuer?: string | readonly string[];
  readonly audience?: string | readonly string[];
  /** Seconds by which clocks may differ. Default: 0. */
  readonly clockTolerance?: number;
  /** Refuse tokens that never expire. Default: true. */
  readonly requireExpiry?: boolean;
  /** Default: 8192. */
  readonly maxTokenBytes?: number;
  /** Claims that must equal what the client says of itself; see `compileClaims`. */
  readonly claims?: readonly ClaimRule[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Who presents the token, and until when an answer is of use. */
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
  /** `claim` names the claim that is to blame. */
  | { readonly ok: false; readonly reason: TokenProblem; readonly claim?: string };

/** RFC 7515 section 7.1; a part may be empty only if it is the signature, which fails later. */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/;

/**
 * Whether a token is good, and its claims.
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
  // A token is ASCII, or it is none.
  if (token.length > maxTokenBytes) return refuse('too_large');
  if (!COMPACT.test(token)) return refuse('not_a_token');
  const jose = await loadJose();
  const header = readHeader(token, jose);
  if (header === undefined) return refuse('malformed');
  if (!keys.algorithms.includes(header.alg)) return refuse('algorithm_not_allowed');
  const candidates = (await keys.find(header, bearer.signal)).filter(({ algorithms }) =>
    algorithms.includes(header.alg),
  );
  const verdict = await tryKeys(token, candidates, verifyOptions(header, options), jose);
  return verdict.ok ? compare(verdict, options, bearer) : verdict;
}

function readHeader(token: string, jose: Jose): TokenHeader | undefined {
  try {
    const { alg, kid } = jose.decodeProtectedHeader(token);
    if (typeof alg !== 'string' || !(kid === undefined || typeof kid === 'string')) return undefined;
    return kid === undefined ? { alg } : { alg, kid };
  } catch {
    return undefined;
  }
}

function verifyOptions({ alg }: TokenHeader, options: TokenOptions): JWTVerifyOptions {
  const { issuer, audience, clockTolerance = 0, requireExpiry = true, now } = options;
  return {
    algorithms: [alg],
    clockTolerance,
    currentDate: new Date(now()),
    requiredClaims: requireExpiry ? ['exp'] : [],
    ...(issuer !== undefined && { issuer: [issuer].flat() }),
    ...(audience !== undefined && { audience: [audience].flat() }),
  };
}

async function tryKeys(
  token: string,
  keys: readonly TokenKey[],
  options: JWTVerifyOptions,
  jose: Jose,
): Promise<TokenVerdict> {
  let verdict = refuse('unknown_key');
  for (const { key } of keys) {
    verdict = await tryKey(token, key, options, jose);
    if (verdict.ok || verdict.reason !== 'bad_signature') return verdict;
  }
  return verdict;
}

async function tryKey(
  token: string,
  key: TokenKey['key'],
  options: JWTVerifyOptions,
  jose: Jose,
): Promise<TokenVerdict> {
  try {
    const { payload } = await jose.jwtVerify(token, key, options);
    return { ok: true, claims: withExactNumbers(payload, token, jose) };
  } catch (error) {
    const problem = describe(error, jose);
    if (problem === undefined) throw error;
    return problem;
  }
}

/** Claims by which clients are told apart, with all digits of their numbers; times are left as they were compared. */
function withExactNumbers(payload: JWTPayload, token: string, { base64url }: Jose): Claims {
  const [, part = ''] = token.split('.');
  const exact = parseExactJson(utf8.decode(base64url.decode(part))) as Claims;
  const { exp, nbf, iat } = payload;
  const times = Object.entries({ exp, nbf, iat }).filter(([, time]) => time !== undefined);
  return { ...exact, ...Object.fromEntries(times) };
}

/** As jose reads it. */
const utf8 = new TextDecoder();

/** What jose found; nothing of the token itself. */
function describe(error: unknown, { errors }: Jose): TokenVerdict | undefined {
  if (error instanceof errors.JWSSignatureVerificationFailed) return refuse('bad_signature');
  if (error instanceof errors.JWTExpired) return refuse('expired', 'exp');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refuse(problemOfClaim(error.claim, error.reason), error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed) return refuse('algorithm_not_allowed');
  return error instanceof errors.JOSEError ? refuse('malformed') : undefined;
}

function problemOfClaim(claim: string, reason: string): TokenProblem {
  if (claim === 'nbf') return reason === 'check_failed' ? 'not_yet_valid' : 'malformed';
  if (claim === 'exp') return reason === 'missing' ? 'expiry_missing' : 'malformed';
  if (claim === 'iss') return 'issuer_mismatch';
  return claim === 'aud' ? 'audience_mismatch' : 'malformed';
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
