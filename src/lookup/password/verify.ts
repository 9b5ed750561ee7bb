/**
 * Checks a password against a parsed hash. Slow hashes run off the main thread; fast ones (one digest,
 * microseconds) do not justify the hand-over.
 */
import { createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import {
  coversPassword,
  type ParsedHash,
  type Pbkdf2Hash,
  type SaltedHash,
  type ScryptHash,
} from '../../policy/login/password-hash.ts';
import { loadArgon2, loadBcrypt } from './engines.ts';

const pbkdf2Async = promisify(pbkdf2);

/**
 * Reports whether the password matches. Comparisons take constant time, and a password that the hash does not
 * cover costs the same work: response times must not reveal anything.
 */
export async function verifyPassword(password: string, hash: ParsedHash): Promise<boolean> {
  return (await isHashed(password, hash)) && coversPassword(hash, password);
}

async function isHashed(password: string, hash: ParsedHash): Promise<boolean> {
  switch (hash.kind) {
    case 'bcrypt':
      return (await loadBcrypt()).verify(password, hash.encoded);
    case 'argon2id':
      return (await loadArgon2()).verify(hash.encoded, password);
    case 'scrypt':
      return timingSafeEqual(await deriveScrypt(password, hash, hash.digest.length), hash.digest);
    case 'pbkdf2':
      return timingSafeEqual(await derivePbkdf2(password, hash, hash.digest.length), hash.digest);
    case 'salted':
      return timingSafeEqual(digestSalted(password, hash), hash.digest);
    case 'plain':
      return timingSafeEqual(sha256(password), sha256(hash.password));
  }
}

/** RFC 7914. */
export function deriveScrypt(
  password: string,
  params: Omit<ScryptHash, 'digest'>,
  bytes: number,
): Promise<Buffer> {
  const { logN, r, p, salt } = params;
  const N = 2 ** logN;
  // Node refuses more than 32 MiB by default; OpenSSL counts 128 * r * (N + p + 2) bytes.
  const maxmem = 128 * r * (N + p + 2);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, { N, r, p, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** RFC 8018 section 5.2. */
export function derivePbkdf2(
  password: string,
  params: Omit<Pbkdf2Hash, 'digest'>,
  bytes: number,
): Promise<Buffer> {
  return pbkdf2Async(password, params.salt, params.iterations, bytes, params.digestName);
}

/** Computes one pass of the digest over the password with its salt. */
export function digestSalted(password: string, params: Omit<SaltedHash, 'digest'>): Buffer {
  const { digestName, position, salt } = params;
  const digest = createHash(digestName);
  if (position === 'prefix') digest.update(salt);
  digest.update(password);
  if (position === 'suffix') digest.update(salt);
  return digest.digest();
}

/** Makes texts of any length comparable in constant time. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
