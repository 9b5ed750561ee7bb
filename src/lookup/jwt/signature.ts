/**
 * Checks signatures of tokens (RFC 7518 section 3) on the thread that asks: a check takes less time than it takes to
 * hand it to another thread and to hear of it.
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
 * Whether the signature is of this key. Never throws.
 *
 * @param alg one of the algorithms of the key: see algorithms.ts.
 * @param input what was signed: the header and the payload as they were sent, and the dot between them.
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
    // What is no signature at all for OpenSSL.
    return false;
  }
}

/** Section 3.2. Only a secret: of a public key anybody could make it. */
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
 * Section 3.4: two numbers of the curve's size one behind the other, and no other form of them.
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
  if (key instanceof Uint8Array) throw new TypeError('a secret verifies HMACs only');
  return key;
}
