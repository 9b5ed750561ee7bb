/**
 * Decides which signature algorithms a key may be used with. The key decides, never the token: otherwise a
 * token could have a public key used as the secret of an HMAC (RFC 8725 section 2.1).
 */
import type { KeyObject } from 'node:crypto';

const HMAC = ['HS256', 'HS384', 'HS512'] as const;
const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
/** RFC 7518 section 3.4: one algorithm per curve. RFC 8037 and RFC 9864 for Ed25519. */
const CURVES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};
const ED25519 = ['Ed25519', 'EdDSA'] as const;

const ASYMMETRIC: readonly string[] = [...RSA, ...Object.values(CURVES).flat(), ...ED25519];

/** RFC 7518 section 3.3. */
const LEAST_RSA_BITS = 2048;

/** Algorithms for a shared secret. */
export const secretAlgorithms: readonly string[] = HMAC;

/** Algorithms for public keys. */
export const publicKeyAlgorithms: readonly string[] = ASYMMETRIC;

/** Returns what a public key may verify; empty for a key that no supported algorithm can use. */
export function algorithmsOf(key: KeyObject): readonly string[] {
  if (key.type !== 'public') return [];
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= LEAST_RSA_BITS ? RSA : [];
  if (key.asymmetricKeyType === 'ec') return CURVES[namedCurve] ?? [];
  return key.asymmetricKeyType === 'ed25519' ? ED25519 : [];
}

/**
 * Returns the algorithms that are both wanted and possible; all possible ones when none are named.
 *
 * @throws TypeError when a named one is unknown, `none`, or impossible with such keys.
 */
export function allowAlgorithms(
  named: readonly string[] | undefined,
  possible: readonly string[],
): readonly string[] {
  if (named === undefined) return possible;
  const wrong = named.find((name) => !possible.includes(name));
  if (wrong !== undefined)
    throw new TypeError(
      `algorithm ${wrong} cannot be used with this kind of key: expected ${possible.join(', ')}`,
    );
  if (named.length === 0) throw new TypeError('"algorithms" must name at least one');
  return named;
}
