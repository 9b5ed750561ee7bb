/** The keys of one JWK Set (RFC 7517), indexed so that a thousand of them do not hurt. */
import type { JsonWebKey } from 'node:crypto';
import { algorithmsOf } from './algorithms.ts';
import { readPublicKey, type TokenHeader, type TokenKey } from './keys.ts';

/** Signatures that are tried for a token that does not say which key signed it. */
export const MAX_CANDIDATES = 4;

interface SetMember {
  readonly jwk: JsonWebKey;
  /** The `alg` that the key is bound to. */
  readonly alg: string | undefined;
  readonly kid: string | undefined;
  /** Read when it is first needed; `null` when it cannot be used. */
  key: TokenKey | null | undefined;
}

export interface KeySet {
  readonly size: number;
  /** The keys that may have signed; none when there are too many to try. */
  find(header: TokenHeader): readonly TokenKey[];
}

/**
 * Indexes the keys of a set that may verify signatures. Secrets in it are left out: no secret comes from a
 * URL. So are keys for other uses, and kinds that are unknown (RFC 7517 section 5).
 *
 * @throws TypeError when it is no set, or too large.
 */
export function indexKeySet(json: unknown, maxKeys: number): KeySet {
  const keys = (json as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('not a JWK Set: expected an object with "keys"');
  if (keys.length > maxKeys) throw new TypeError(`the JWK Set has more than ${maxKeys} keys`);
  const members = keys.filter(isForSignatures).map(memberOf);
  const byKid = new Map<string, SetMember[]>();
  for (const member of members) {
    if (member.kid !== undefined) byKid.set(member.kid, [...(byKid.get(member.kid) ?? []), member]);
  }
  return {
    size: members.length,
    find({ alg, kid }) {
      // A token that names its key is verified with that key or not at all.
      const named = kid === undefined ? members : (byKid.get(kid) ?? []);
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
  return (
    (kty === 'RSA' || kty === 'EC' || kty === 'OKP') && (use === undefined || use === 'sig') && mayVerify
  );
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

/** How the algorithms for each type of key begin. */
const TYPES: Readonly<Record<string, RegExp>> = { RSA: /^[RP]S/, EC: /^ES/, OKP: /^Ed/ };

/** Told from the text of the key alone, so that only keys that are needed are ever read. */
function isPossible({ jwk, alg: bound }: SetMember, alg: string): boolean {
  if (bound !== undefined) return bound === alg || (bound === 'EdDSA' && alg === 'Ed25519');
  return TYPES[jwk.kty ?? '']?.test(alg) === true;
}

function load(member: SetMember): TokenKey | null {
  if (member.key === undefined) member.key = read(member.jwk);
  return member.key;
}

function read(jwk: JsonWebKey): TokenKey | null {
  try {
    const key = readPublicKey(jwk);
    return { key, algorithms: algorithmsOf(key) };
  } catch {
    return null;
  }
}
