/** What a password hash is, once it is parsed. password-forms.ts and password-fields.ts parse. */

import { utf8 } from '../text/encoding.ts';

/** Digests of PBKDF2 and of salted hashes, named as OpenSSL names them. */
export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha512';

export interface BcryptHash {
  readonly kind: 'bcrypt';
  readonly cost: number;
  readonly encoded: string;
}

/** argon2id; argon2i and argon2d, too, which the text says. */
export interface Argon2idHash {
  readonly kind: 'argon2id';
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly encoded: string;
}

export interface ScryptHash {
  readonly kind: 'scrypt';
  /** N is two to the power of this. */
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

/** One pass of a digest over salt and password: fast to guess, kept for what users bring along. */
export interface SaltedHash {
  readonly kind: 'salted';
  readonly digestName: DigestName;
  readonly position: 'prefix' | 'suffix' | 'none';
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

/** A password that was never hashed. Only with `allowPlain`. */
export interface PlainPassword {
  readonly kind: 'plain';
  readonly password: string;
}

export type ParsedHash = BcryptHash | Argon2idHash | ScryptHash | Pbkdf2Hash | SaltedHash | PlainPassword;

export interface HashOptions {
  /**
   * How `PBKDF2$...` spells its salt. mosquitto-go-auth decodes it (its `hasher_salt_encoding`, default
   * `base64`); mosquitto-auth-plug before it used the text as it stands (`utf-8`).
   */
  readonly saltEncoding?: 'base64' | 'utf-8';
  /** Accept passwords that are not hashed. Default: false. */
  readonly allowPlain?: boolean;
}

/** How a form of hash begins, and what reads it. */
export type HashForm = readonly [prefix: RegExp, parse: (text: string, options: HashOptions) => ParsedHash];

/** Whether a hash is guessed fast, or for many users at once: one pass of MD5 or SHA-1, or a digest without a salt. */
export function isWeak(hash: ParsedHash): boolean {
  if (hash.kind !== 'salted') return false;
  return (
    hash.digestName === 'md5' ||
    hash.digestName === 'sha1' ||
    hash.position === 'none' ||
    hash.salt.length === 0
  );
}

/** What bcrypt reads of a password. */
const BCRYPT_BYTES = 72;

/**
 * Whether the hash depends on all of the password; of others nobody is let in. bcrypt reads 72 bytes and stops at the
 * first NUL. PBKDF2, and scrypt through it, fill the key of their HMAC up with NULs (RFC 2104 section 2), so that those
 * at the end of a password make no difference.
 */
export function coversPassword({ kind }: Pick<ParsedHash, 'kind'>, password: string): boolean {
  if (kind === 'bcrypt') return !password.includes('\0') && utf8(password).length <= BCRYPT_BYTES;
  return (kind !== 'pbkdf2' && kind !== 'scrypt') || !password.endsWith('\0');
}

/** A hash that cannot be used; the message names its form and never holds a part of it. */
export class HashError extends Error {
  override readonly name = 'HashError';
}

/**
 * Most work that one check may ask for, so that a typing error in a file is no denial of service:
 * 1 GiB of memory, 2^18 rounds of bcrypt (tens of seconds), 10 million iterations.
 */
export const limits = {
  bcryptCost: 18,
  memoryKiB: 1024 * 1024,
  passes: 1_000,
  lanes: 255,
  iterations: 10_000_000,
} as const;
