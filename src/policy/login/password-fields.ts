/**
 * Password hashes as fields, as in EMQX's authenticators: the algorithm is a setting, and a row contains a hexadecimal
 * hash and a salt.
 */

import { findVariableReference } from '../../lib/variable-reference.ts';
import { decodeHex, utf8 } from '../text/encoding.ts';
import { isSelfDescribing, parseHash } from './password-forms.ts';
import { type DigestName, HashError, type HashOptions, limits, type ParsedHash } from './password-hash.ts';

export const algorithms = [
  'plain',
  'md5',
  'sha',
  'sha1',
  'sha256',
  'sha512',
  'bcrypt',
  'pbkdf2',
  'argon2id',
  'scrypt',
] as const;
export const saltPositions = ['prefix', 'suffix', 'disable', 'none'] as const;
export const macFunctions = ['sha', 'sha1', 'sha256', 'sha512'] as const;

/** How hashes were made: EMQX's `password_hash_algorithm`. */
export interface HashSettings {
  readonly algorithm?: (typeof algorithms)[number] | undefined;
  /** Position of the salt. Default: `prefix`, as in EMQX. `disable` is EMQX's name for `none`. */
  readonly salt_position?: (typeof saltPositions)[number] | undefined;
  /** PBKDF2 only. */
  readonly mac_fun?: (typeof macFunctions)[number] | undefined;
  /** PBKDF2 only. */
  readonly iterations?: number | undefined;
  /** PBKDF2 only: length of the derived key, in bytes. Default: the length of the hash. */
  readonly dk_length?: number | undefined;
}

/** One hash and its settings. */
export interface HashFields extends HashSettings {
  readonly hash: string;
  /** As text: EMQX hashes its UTF-8 bytes, even if it looks hexadecimal. */
  readonly salt?: string | undefined;
}

const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

/**
 * Parses a hash given as fields. A hash that names its own form overrides the settings.
 *
 * @throws HashError
 */
export function parseHashFields(fields: HashFields, options: HashOptions = {}): ParsedHash {
  const { algorithm, hash } = fields;
  if (algorithm === 'plain') return parsePlain(fields, options);
  if (algorithm === undefined || isSelfDescribing(hash)) return parseHash(hash, options);
  if (algorithm === 'bcrypt' || algorithm === 'argon2id' || algorithm === 'scrypt') {
    throw new HashError(
      `${algorithm} hash is malformed: it must begin with its own name or number between $ signs`,
    );
  }
  return algorithm === 'pbkdf2' ? parsePbkdf2(fields) : parseSalted(algorithm, fields);
}

function parsePlain({ hash, salt = '' }: HashFields, options: HashOptions): ParsedHash {
  if (salt !== '') throw new HashError('a plain password has no salt');
  // In braces only: a random password may begin with "$".
  if (hash.startsWith('${') && findVariableReference(hash) !== undefined)
    throw new HashError(
      'the password contains a variable, which is not substituted: write its hash (exhook hash)',
    );
  if (options.allowPlain === true) return { kind: 'plain', password: hash };
  throw new HashError('plain passwords are refused: hash them (exhook hash), or set "allowPlain: true"');
}

function parseSalted(algorithm: DigestName | 'sha', fields: HashFields): ParsedHash {
  const digestName = digestNamed(algorithm);
  const digest = hexDigest(algorithm, fields.hash);
  if (digest.length !== DIGEST_BYTES[digestName]) {
    throw new HashError(
      `${algorithm} hash has the wrong length: expected ${2 * DIGEST_BYTES[digestName]} hexadecimal digits`,
    );
  }
  return { kind: 'salted', digestName, position: positionOf(fields), salt: utf8(fields.salt ?? ''), digest };
}

function parsePbkdf2(fields: HashFields): ParsedHash {
  const { mac_fun, iterations, dk_length } = fields;
  if (mac_fun === undefined) throw new HashError('pbkdf2 hash needs "mac_fun": sha, sha256 or sha512');
  if (iterations === undefined || !(iterations >= 1 && iterations <= limits.iterations)) {
    throw new HashError(`pbkdf2 hash needs "iterations": 1 to ${limits.iterations}`);
  }
  const digest = hexDigest('pbkdf2', fields.hash);
  if (digest.length < 16) throw new HashError('pbkdf2 hash is too short: expected at least 16 bytes');
  if (dk_length !== undefined && dk_length !== digest.length) {
    throw new HashError(`pbkdf2 hash has the wrong length: "dk_length" says ${dk_length} bytes`);
  }
  return {
    kind: 'pbkdf2',
    digestName: digestNamed(mac_fun),
    iterations,
    salt: utf8(fields.salt ?? ''),
    digest,
  };
}

/** EMQX calls SHA-1 `sha`. */
function digestNamed(name: DigestName | 'sha'): DigestName {
  return name === 'sha' ? 'sha1' : name;
}

function positionOf({ salt_position = 'prefix' }: HashFields): 'prefix' | 'suffix' | 'none' {
  return salt_position === 'disable' ? 'none' : salt_position;
}

function hexDigest(what: string, text: string): Uint8Array {
  const digest = decodeHex(text);
  if (digest === undefined) throw new HashError(`${what} hash is not hexadecimal`);
  return digest;
}
