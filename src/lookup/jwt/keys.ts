/** Keys that verify tokens: a shared secret or a public key. See jwks.ts for key sets. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { restorePem } from '../../lib/pem-text.ts';
import { decodeBase64 } from '../../policy/text/encoding.ts';
import { algorithmsOf, allowAlgorithms, secretAlgorithms } from './algorithms.ts';

/** One key and what it may verify. */
export interface TokenKey {
  readonly key: KeyObject | Uint8Array;
  readonly algorithms: readonly string[];
}

/** The fields of a token's header that help to find the key. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid?: string;
}

/** A source of keys. */
export interface TokenKeys {
  /** Values of `alg` that a token may have. */
  readonly algorithms: readonly string[];
  /**
   * Returns the few keys that may have signed a token with this header.
   *
   * @throws Failure when the source cannot be reached and no earlier keys are known.
   */
  find(header: TokenHeader, signal?: AbortSignal): Promise<readonly TokenKey[]>;
  close(): void;
}

/** A weakness of a key that works; operators should know it. */
export type KeyWarning = 'secret_is_short';

export interface SecretKeys extends TokenKeys {
  readonly warnings: readonly KeyWarning[];
}

export interface SecretOptions {
  readonly secret: string;
  /** The secret is the base64 (standard or URL-safe) of the key. Default: its UTF-8 text is the key. */
  readonly isBase64?: boolean;
  /** Default: HS256, HS384, HS512. */
  readonly algorithms?: readonly string[];
}

/**
 * Returns the keys of one shared secret.
 *
 * @throws TypeError when it is empty or a public key: anybody could sign with that.
 */
export function secretKeys(options: SecretOptions): SecretKeys {
  const { secret, isBase64 = false } = options;
  const key = readSecretKey(secret, isBase64);
  if (key === undefined) throw new TypeError('"secret" is not base64');
  if (key.length === 0) throw new TypeError('"secret" is empty');
  const algorithms = allowAlgorithms(options.algorithms, secretAlgorithms);
  // RFC 7518 section 3.2: a key at least as long as the hash. Short ones are common, and guessed offline.
  const warnings: readonly KeyWarning[] = key.length < 32 ? ['secret_is_short'] : [];
  return { ...fixedKeys([{ key, algorithms }], algorithms), warnings };
}

function readSecretKey(secret: string, isBase64: boolean): Uint8Array | undefined {
  const jwk = secret.trimStart().startsWith('{') ? parseJwk(secret) : undefined;
  const ofJwk = jwk && decodeOct(jwk);
  if (ofJwk !== undefined) return ofJwk;
  // A public key in any of its text forms: PEM, an OpenSSH line, a JWK.
  if (/-----BEGIN|^ssh-|"kty"/.test(secret))
    throw new TypeError('"secret" is a key file: a public key belongs in "publicKey"');
  return isBase64 ? decodeUrlBase64(secret.trim()) : new TextEncoder().encode(secret);
}

function parseJwk(text: string): JsonWebKey | undefined {
  try {
    return JSON.parse(text) as JsonWebKey;
  } catch {
    return undefined;
  }
}

/** Decodes a JWK of type `oct` (RFC 7518 section 6.4); nothing for other types or without a key. */
export function decodeOct({ kty, k }: JsonWebKey): Uint8Array | undefined {
  if (kty !== 'oct' || typeof k !== 'string') return undefined;
  const key = decodeUrlBase64(k);
  return key === undefined || key.length === 0 ? undefined : key;
}

/** Accepts both alphabets. */
function decodeUrlBase64(text: string): Uint8Array | undefined {
  return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}

export interface PublicKeyOptions {
  /** PEM (a public key or a certificate) or a JWK, as text or as an object. */
  readonly publicKey: string | JsonWebKey;
  /** Default: all that the key can verify. */
  readonly algorithms?: readonly string[];
}

/**
 * Returns the keys of one public key.
 *
 * @throws TypeError when it cannot be read, is private or too weak.
 */
export function publicKeys(options: PublicKeyOptions): TokenKeys {
  const key = readPublicKey(options.publicKey);
  const possible = algorithmsOf(key);
  if (possible.length === 0) {
    throw new TypeError(
      '"publicKey" cannot be used: expected RSA (2048 bits or more), P-256, P-384, P-521 or Ed25519',
    );
  }
  const algorithms = allowAlgorithms(options.algorithms, possible);
  return fixedKeys([{ key, algorithms }], algorithms);
}

/** Reads a PEM or JWK. */
export function readPublicKey(source: string | JsonWebKey): KeyObject {
  if (typeof source === 'string' && source.includes('PRIVATE KEY-----')) {
    throw new TypeError(
      '"publicKey" is a private key: give the public half, and remove the private key from this machine',
    );
  }
  try {
    if (typeof source === 'string' && !source.trimStart().startsWith('{'))
      return createPublicKey(restorePem(source));
    const jwk = typeof source === 'string' ? (JSON.parse(source) as JsonWebKey) : source;
    return createPublicKey({ key: publicPart(jwk), format: 'jwk' });
  } catch {
    throw new TypeError('"publicKey" is not a public key: expected PEM or a JWK');
  }
}

/** Returns a JWK without its private fields. */
function publicPart({ kty, crv, x, y, n, e }: JsonWebKey): JsonWebKey {
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined),
  );
}

function fixedKeys(keys: readonly TokenKey[], algorithms: readonly string[]): TokenKeys {
  return { algorithms, find: async () => keys, close: () => {} };
}
