/** A parsed password hash. password-forms.ts and password-fields.ts parse. */

import { utf8 } from '../text/encoding.ts';

/** Digests of PBKDF2 and of salted hashes, named as OpenSSL names them. */
export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha512';

export interface BcryptHash {
  readonly kind: 'bcrypt';
  readonly cost: number;
  readonly encoded: string;
}

/** argon2id, argon2i or argon2d: the text says which. */
export interface Argon2idHash {
  readonly kind: 'argon2id';
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly encoded: string;
}

export interface ScryptHash {
  readonly kind: 'scrypt';
  /** Base-2 logarithm of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

export interface Pbkdf2Hash {
  readonly kind: 'pbkdf2';
  readonly digestName: DigestName;
  readonly iterations: number;
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

/** One pass of a digest over salt and password. Fast to guess; supported for existing data. */
export interface SaltedHash {
  readonly kind: 'salted';
  readonly digestName: DigestName;
  readonly position: 'prefix' | 'suffix' | 'none';
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

/** A plain-text password. Only with `allowPlain`. */
export interface PlainPassword {
  readonly kind: 'plain';
  readonly password: string;
}

export type ParsedHash = BcryptHash | Argon2idHash | ScryptHash | Pbkdf2Hash | SaltedHash | PlainPassword;

export interface HashOptions {
  /**
   * Encoding of the salt in `PBKDF2$...`. mosquitto-go-auth decodes it (`hasher_salt_encoding`, default `base64`);
   * its predecessor mosquitto-auth-plug used the text itself (`utf-8`).
   */
  readonly saltEncoding?: 'base64' | 'utf-8';
  /** Accept plain-text passwords. Default: false. */
  readonly allowPlain?: boolean;
}

/** The prefix of a form, and its parser. */
export type HashForm = readonly [prefix: RegExp, parse: (text: string, options: HashOptions) => ParsedHash];

/** Reports whether a hash is fast to guess, or for many users at once: one pass of MD5 or SHA-1, or no salt. */
export function isWeak(hash: ParsedHash): boolean {
  if (hash.kind !== 'salted') return false;
  return (
    hash.digestName === 'md5' ||
    hash.digestName === 'sha1' ||
    hash.position === 'none' ||
    hash.salt.length === 0
  );
}

/** Bytes of a password that bcrypt uses. */
const BCRYPT_BYTES = 72;

/**
 * Reports whether the hash depends on the whole password; other passwords are rejected. bcrypt reads 72 bytes and stops
 * at the first NUL. PBKDF2 (and scrypt, which uses it) pads its HMAC key with NULs (RFC 2104 section 2), so NULs at the
 * end of a password make no difference.
 */
export function coversPassword({ kind }: Pick<ParsedHash, 'kind'>, password: string): boolean {
  if (kind === 'bcrypt') return !password.includes('\0') && utf8(password).length <= BCRYPT_BYTES;
  return (kind !== 'pbkdf2' && kind !== 'scrypt') || !password.endsWith('\0');
}

/** A hash that cannot be used. The message names its form and never contains a part of it. */
export class HashError extends Error {
  override readonly name = 'HashError';
}

/**
 * Limits of the work for one check. They prevent a denial of service by a typo in a file:
 * 1 GiB of memory, 2^18 rounds of bcrypt (tens of seconds), 10 million iterations.
 */
export const limits = {
  bcryptCost: 18,
  memoryKiB: 1024 * 1024,
  passes: 1_000,
  lanes: 255,
  iterations: 10_000_000,
} as const;
