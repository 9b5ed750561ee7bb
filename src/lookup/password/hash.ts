/** Makes password hashes in each supported form, for `exhook hash`. */
import { randomBytes } from 'node:crypto';
import type { HashFields } from '../../policy/login/password-fields.ts';
import { coversPassword, type DigestName, limits } from '../../policy/login/password-hash.ts';
import { loadArgon2, loadBcrypt } from './engines.ts';
import { derivePbkdf2, deriveScrypt, digestSalted } from './verify.ts';

/** Parameters; each form uses its own. */
export interface HashPasswordOptions {
  /** bcrypt cost: the number of rounds is 2^cost. Default: 10. */
  readonly cost?: number;
  /** argon2id: KiB of memory. Default: 19456 (19 MiB). */
  readonly memoryKiB?: number;
  /** argon2id: passes. Default: 2. */
  readonly passes?: number;
  /** argon2id: lanes. Default: 1. */
  readonly lanes?: number;
  /** scrypt: N is 2^logN. Default: 17 (128 MiB a check). */
  readonly logN?: number;
  /** PBKDF2 forms. Default: 210,000 for SHA-512; 600,000 for SHA-256; 1,300,000 for SHA-1. */
  readonly iterations?: number;
  /** `emqx-pbkdf2`: the digest. Default: `sha512`. */
  readonly digestName?: 'sha1' | 'sha256' | 'sha512';
  /** Salted digests: the position of the salt. Default: `prefix`, EMQX's own default. */
  readonly saltPosition?: 'prefix' | 'suffix' | 'none';
}

/**
 * Defaults of OWASP's Password Storage Cheat Sheet. One check costs tens of milliseconds of a core, which
 * adds up when a fleet reconnects at once: a lower cost may be the better trade for long random passwords.
 */
export const recommended = {
  bcryptCost: 10,
  argon2id: { memoryKiB: 19_456, passes: 2, lanes: 1 },
  scrypt: { logN: 17, r: 8, p: 1 },
  pbkdf2: { sha1: 1_300_000, sha256: 600_000, sha512: 210_000 },
} as const;

/** 128 bits (NIST SP 800-132 section 5.1). */
const SALT_BYTES = 16;
/** mosquitto reads only salts of 12 bytes. */
const MOSQUITTO_SALT_BYTES = 12;

type HashMaker = (password: string, options: HashPasswordOptions) => Promise<string | HashFields>;

const makers = {
  argon2id: makeArgon2id,
  bcrypt: makeBcrypt,
  scrypt: makeScrypt,
  /** `PBKDF2$sha512$...` of mosquitto-go-auth. */
  pbkdf2: makeMosquittoGoAuth,
  /** `$7$...` of mosquitto 2. */
  mosquitto: makeMosquitto,
  /** `$6$...` of mosquitto 1. */
  'mosquitto-sha512': makeMosquittoSha512,
  /** PBKDF2 in EMQX's fields. */
  'emqx-pbkdf2': makeEmqxPbkdf2,
  sha512: makeSalted('sha512'),
  sha256: makeSalted('sha256'),
  sha1: makeSalted('sha1'),
  md5: makeSalted('md5'),
} satisfies Record<string, HashMaker>;

export type HashForm = keyof typeof makers;

/** The forms that {@link hashPassword} makes, the recommended one first. */
export const hashForms = Object.keys(makers) as HashForm[];

/** Hashes a password. Returns text for self-describing forms, EMQX's fields for the others. */
export async function hashPassword(
  password: string,
  form: HashForm = 'argon2id',
  options: HashPasswordOptions = {},
): Promise<string | HashFields> {
  return makers[form](password, options);
}

async function makeArgon2id(password: string, options: HashPasswordOptions): Promise<string> {
  const { memoryKiB, passes, lanes } = { ...recommended.argon2id, ...options };
  // 2 is Algorithm.Argon2id, a const enum that isolated modules cannot read.
  return (await loadArgon2()).hash(password, {
    algorithm: 2,
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: lanes,
  });
}

async function makeBcrypt(
  password: string,
  { cost = recommended.bcryptCost }: HashPasswordOptions,
): Promise<string> {
  inRange('bcrypt cost', cost, 4, limits.bcryptCost);
  if (!coversPassword({ kind: 'bcrypt' }, password))
    throw new RangeError('bcrypt ignores everything after 72 bytes or a NUL: use argon2id');
  return (await loadBcrypt()).hash(password, cost);
}

async function makeScrypt(
  password: string,
  { logN = recommended.scrypt.logN }: HashPasswordOptions,
): Promise<string> {
  inRange('scrypt logN', logN, 1, 20);
  const { r, p } = recommended.scrypt;
  const salt = randomBytes(SALT_BYTES);
  const digest = await deriveScrypt(password, { kind: 'scrypt', logN, r, p, salt }, 32);
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(digest)}`;
}

async function makeMosquittoGoAuth(password: string, options: HashPasswordOptions): Promise<string> {
  const { iterations, salt, digest } = await makePbkdf2(password, 'sha512', options, SALT_BYTES);
  return `PBKDF2$sha512$${iterations}$${salt.toString('base64')}$${digest.toString('base64')}`;
}

async function makeMosquitto(password: string, options: HashPasswordOptions): Promise<string> {
  const { iterations, salt, digest } = await makePbkdf2(password, 'sha512', options, MOSQUITTO_SALT_BYTES);
  return `$7$${iterations}$${salt.toString('base64')}$${digest.toString('base64')}`;
}

async function makeMosquittoSha512(password: string): Promise<string> {
  const salt = randomBytes(MOSQUITTO_SALT_BYTES);
  const digest = digestSalted(password, { kind: 'salted', digestName: 'sha512', position: 'suffix', salt });
  return `$6$${salt.toString('base64')}$${digest.toString('base64')}`;
}

async function makeEmqxPbkdf2(password: string, options: HashPasswordOptions): Promise<HashFields> {
  const digestName = options.digestName ?? 'sha512';
  // EMQX hashes the salt as text: 16 bytes as 32 hexadecimal digits.
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const { iterations, digest } = await makePbkdf2(password, digestName, options, Buffer.from(salt));
  const dk_length = digest.length;
  return {
    algorithm: 'pbkdf2',
    mac_fun: digestName,
    iterations,
    dk_length,
    salt,
    hash: digest.toString('hex'),
  };
}

async function makePbkdf2(
  password: string,
  digestName: 'sha1' | 'sha256' | 'sha512',
  { iterations = recommended.pbkdf2[digestName] }: HashPasswordOptions,
  saltOrBytes: Buffer | number,
): Promise<{ iterations: number; salt: Buffer; digest: Buffer }> {
  inRange('iterations', iterations, 1, limits.iterations);
  const salt = typeof saltOrBytes === 'number' ? randomBytes(saltOrBytes) : saltOrBytes;
  const bytes = { sha1: 20, sha256: 32, sha512: 64 }[digestName];
  return {
    iterations,
    salt,
    digest: await derivePbkdf2(password, { kind: 'pbkdf2', digestName, iterations, salt }, bytes),
  };
}

function makeSalted(digestName: DigestName): HashMaker {
  return async (password, { saltPosition = 'prefix' }) => {
    const salt = saltPosition === 'none' ? '' : randomBytes(SALT_BYTES).toString('hex');
    const params = { kind: 'salted', digestName, position: saltPosition, salt: Buffer.from(salt) } as const;
    const hash = digestSalted(password, params).toString('hex');
    return { algorithm: digestName, salt_position: saltPosition, salt, hash };
  };
}

/** PHC strings use base64 without padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function inRange(what: string, value: number, least: number, most: number): void {
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new RangeError(`${what} is out of range: expected ${least} to ${most}`);
  }
}
