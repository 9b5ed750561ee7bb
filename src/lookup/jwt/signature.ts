/**
 * Checks signatures of tokens (RFC 7518 section 3) on the calling thread: a check takes less time than a
 * round trip to another thread.
 */
import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { TokenKey } from './keys.ts';

type Check = (key: TokenKey['key'], input: Uint8Array, signature: Uint8Array) => boolean;

const checks: ReadonlyMap<string, Check> = new Map([
  ['HS256', hmac('sha256')],
  ['HS384', hmac('sha384')],
  ['HS512', hmac('sha512')],
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', rsaPss('sha256', 32)],
  ['PS384', rsaPss('sha384', 48)],
  ['PS512', rsaPss('sha512', 64)],
  ['ES256', ecdsa('sha256', 64)],
  ['ES384', ecdsa('sha384', 96)],
  ['ES512', ecdsa('sha512', 132)],
  ['EdDSA', ed25519],
  ['Ed25519', ed25519],
]);

/**
 * Reports whether the signature is of this key. Never throws.
 *
 * @param alg one of the key's algorithms: see algorithms.ts.
 * @param input the signed bytes: header, dot and payload, as sent.
 */
export function isSignedBy(
  { key, algorithms }: TokenKey,
  alg: string,
  input: Uint8Array,
  signature: Uint8Array,
): boolean {
  const check = checks.get(alg);
  if (check === undefined || !algorithms.includes(alg)) return false;
  try {
    return check(key, input, signature);
  } catch {
    // Not a signature at all for OpenSSL.
    return false;
  }
}

/** Section 3.2. Only for a secret: anybody could compute the HMAC of a public key. */
function hmac(hash: string): Check {
  return (key, input, signature) => {
    if (!(key instanceof Uint8Array)) return false;
    const expected = createHmac(hash, key).update(input).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  };
}

/** Section 3.3. */
function rsa(hash: string): Check {
  const padding = constants.RSA_PKCS1_PADDING;
  return (key, input, signature) => verify(hash, input, { key: publicKey(key), padding }, signature);
}

/** Section 3.5: the salt is as long as the hash. */
function rsaPss(hash: string, saltLength: number): Check {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return (key, input, signature) =>
    verify(hash, input, { key: publicKey(key), padding, saltLength }, signature);
}

/**
 * Section 3.4: two numbers of the curve's size, concatenated; no other encoding.
 *
 * @param size of both, in bytes
 */
function ecdsa(hash: string, size: number): Check {
  return (key, input, signature) =>
    signature.length === size &&
    verify(hash, input, { key: publicKey(key), dsaEncoding: 'ieee-p1363' }, signature);
}

/** RFC 8037 section 3.1. */
function ed25519(key: TokenKey['key'], input: Uint8Array, signature: Uint8Array): boolean {
  return verify(undefined, input, publicKey(key), signature);
}

function publicKey(key: TokenKey['key']): KeyObject {
  if (key instanceof Uint8Array) throw new TypeError('a secret verifies only HMACs');
  return key;
}
