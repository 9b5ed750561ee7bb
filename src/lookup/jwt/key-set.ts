/** Indexes the keys of one JWK Set (RFC 7517); a thousand keys stay cheap. */
import type { JsonWebKey } from 'node:crypto';
import { algorithmsOf, secretAlgorithms } from './algorithms.ts';
import { decodeOct, readPublicKey, type TokenHeader, type TokenKey } from './keys.ts';

/** Most keys tried for a token that does not name its key. */
export const MAX_CANDIDATES = 4;

interface SetMember {
  readonly jwk: JsonWebKey;
  /** The `alg` that the key is restricted to. */
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  /** Parsed on first use; `null` when it cannot be used. */
  key: TokenKey | null | undefined;
}

export interface KeySet {
  readonly size: number;
  /** Whether a refresh could help: the keys have ids, and none has this one. */
  lacks(kid: string): boolean;
  /** Returns the keys that may have signed; none when there are too many to try. */
  find(header: TokenHeader): readonly TokenKey[];
}

/**
 * Indexes the keys of a set that may verify signatures. Keys for other uses and unknown kinds (RFC 7517
 * section 5) are skipped. Secrets beside public keys are skipped, too, unless wanted: a published secret
 * would let anybody sign.
 *
 * @param wantsSecrets whether the configuration names an HMAC algorithm.
 * @throws TypeError when it is not a set, or too large.
 */
export function indexKeySet(json: unknown, maxKeys: number, wantsSecrets = false): KeySet {
  const keys = (json as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('not a JWK Set: expected an object with "keys"');
  if (keys.length > maxKeys) throw new TypeError(`the JWK Set has more than ${maxKeys} keys`);
  const forSignatures = keys.filter(isForSignatures);
  const isPublic = forSignatures.some(({ kty }) => kty !== 'oct');
  const members = forSignatures.filter(({ kty }) => kty !== 'oct' || wantsSecrets || !isPublic).map(memberOf);
  const byKid = new Map<string, SetMember[]>();
  for (const member of members) {
    if (member.kid !== undefined) byKid.set(member.kid, [...(byKid.get(member.kid) ?? []), member]);
  }
  const nameless = members.filter(({ kid }) => kid === undefined);
  return {
    size: members.length,
    lacks: (kid) => !byKid.has(kid) && byKid.size > 0,
    find({ alg, kid }) {
      // A token that names its key is verified with that key or, as in EMQX, with those that have no id.
      const named = kid === undefined ? members : (byKid.get(kid) ?? nameless);
      const possible = named.filter((member) => isPossible(member, alg));
      if (possible.length > MAX_CANDIDATES) return [];
      return possible.flatMap((member) => load(member) ?? []).filter((key) => key.algorithms.includes(alg));
    },
  };
}

function isForSignatures(value: unknown): value is JsonWebKey {
  if (typeof value !== 'object' || value === null) return false;
  const { kty, use, key_ops } = value as JsonWebKey;
  const mayVerify = key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes('verify'));
  return Object.hasOwn(TYPES, kty ?? '') && (use === undefined || use === 'sig') && mayVerify;
}

function memberOf(jwk: JsonWebKey): SetMember {
  const { alg, kid } = jwk;
  return {
    jwk,
    alg: typeof alg === 'string' ? alg : undefined,
    kid: typeof kid === 'string' ? kid : undefined,
    key: undefined,
  };
}

/** Prefixes of the algorithms for each key type. */
const TYPES: Readonly<Record<string, RegExp>> = { RSA: /^[RP]S/, EC: /^ES/, OKP: /^Ed/, oct: /^HS/ };

/** Decided from the JWK alone: only keys that are needed are ever parsed. */
function isPossible({ jwk, alg: bound }: SetMember, alg: string): boolean {
  const isBound = bound === undefined || bound === alg || (bound === 'EdDSA' && alg === 'Ed25519');
  return isBound && TYPES[jwk.kty ?? '']?.test(alg) === true;
}

function load(member: SetMember): TokenKey | null {
  if (member.key === undefined) member.key = read(member.jwk);
  return member.key;
}

function read(jwk: JsonWebKey): TokenKey | null {
  const secret = decodeOct(jwk);
  if (secret !== undefined) return { key: secret, algorithms: secretAlgorithms };
  try {
    const key = readPublicKey(jwk);
    return { key, algorithms: algorithmsOf(key) };
  } catch {
    return null;
  }
}
