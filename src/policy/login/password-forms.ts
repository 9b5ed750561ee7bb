/**
 * Parses password hashes when a file is loaded. Every accepted hash can be verified later: a malformed hash is an error
 * at start, not a login that always fails.
 *
 * Errors name the form and the problem, never the hash.
 */
import { utf8 } from '../text/encoding.ts';
import { foreignForms } from './password-foreign-forms.ts';
import {
  type Argon2idHash,
  type BcryptHash,
  type DigestName,
  HashError,
  type HashForm,
  type HashOptions,
  limits,
  type ParsedHash,
  type Pbkdf2Hash,
  type SaltedHash,
  type ScryptHash,
} from './password-hash.ts';
import { base64Bytes, match, within } from './password-parts.ts';

/** Forms that name themselves, by prefix. */
const forms: readonly HashForm[] = [
  [/^\$2/, parseBcrypt],
  [/^\$argon2/, parseArgon2],
  [/^\$scrypt\$/, parseScrypt],
  [/^PBKDF2\$/, parseMosquittoGoAuth],
  [/^\$7\$/, parseMosquittoPbkdf2],
  [/^\$6\$/, parseMosquittoSha512],
  ...foreignForms((text) => parseHash(text)),
];

const KNOWN_FORMS =
  '$2b$ (bcrypt), $argon2id$, $scrypt$, PBKDF2$ (mosquitto-go-auth), $7$ or $6$ (mosquitto), {SHA} and {SSHA}, those of Django, passlib and Werkzeug, or fields with "algorithm"';

/** Reports whether a text begins like a hash that names its own form. */
export function isSelfDescribing(text: string): boolean {
  return forms.some(([prefix]) => prefix.test(text));
}

/**
 * Parses a hash that names its own form.
 *
 * @throws HashError
 */
export function parseHash(text: string, options: HashOptions = {}): ParsedHash {
  const form = forms.find(([prefix]) => prefix.test(text));
  if (form === undefined) throw new HashError(`not a known form of password hash: expected ${KNOWN_FORMS}`);
  return form[1](text, options);
}

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

function parseBcrypt(encoded: string): BcryptHash {
  const [, cost] = match(
    'bcrypt hash',
    BCRYPT,
    encoded,
    'expected $2a$, $2b$ or $2y$, a cost of two digits and 53 characters',
  );
  return { kind: 'bcrypt', cost: within('bcrypt cost', cost, 4, limits.bcryptCost), encoded };
}

const ARGON2 = /^\$argon2(?:id|i|d)\$v=(?:16|19)\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

function parseArgon2(encoded: string): Argon2idHash {
  const what = 'argon2 hash';
  const [, m, t, p, salt, digest] = match(
    what,
    ARGON2,
    encoded,
    'expected $argon2id$v=19$m=..,t=..,p=..$salt$hash',
  );
  base64Bytes('argon2id salt', salt, 8);
  base64Bytes('argon2id hash', digest, 16);
  const lanes = within('argon2id p', p, 1, limits.lanes);
  // RFC 9106 section 3.1: at least 8 KiB a lane.
  const memoryKiB = within('argon2id m', m, 8 * lanes, limits.memoryKiB);
  return { kind: 'argon2id', memoryKiB, passes: within('argon2id t', t, 1, limits.passes), lanes, encoded };
}

const SCRYPT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/;

/** The PHC string that passlib and @phc/scrypt write. */
function parseScrypt(text: string): ScryptHash {
  const [, ln, r, p, salt, digest] = match(
    'scrypt hash',
    SCRYPT,
    text,
    'expected $scrypt$ln=..,r=..,p=..$salt$hash',
  );
  const logN = within('scrypt ln', ln, 1, 24);
  const blocks = within('scrypt r', r, 1, 64);
  // RFC 7914 section 2: 128 * N * r bytes.
  if ((128 * 2 ** logN * blocks) / 1024 > limits.memoryKiB)
    throw new HashError('scrypt hash: needs more than 1 GiB of memory');
  return {
    kind: 'scrypt',
    logN,
    r: blocks,
    p: within('scrypt p', p, 1, 64),
    salt: base64Bytes('scrypt salt', salt, 1),
    digest: base64Bytes('scrypt hash', digest, 16),
  };
}

const GO_AUTH = /^PBKDF2\$(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([^$]+)$/;

function parseMosquittoGoAuth(text: string, options: HashOptions): Pbkdf2Hash {
  const what = 'PBKDF2 hash';
  const [, digestName, iterations, salt, digest] = match(
    what,
    GO_AUTH,
    text,
    'expected PBKDF2$sha512$iterations$salt$hash',
  );
  return {
    kind: 'pbkdf2',
    digestName: digestName as DigestName,
    iterations: within('PBKDF2 iterations', iterations, 1, limits.iterations),
    salt: options.saltEncoding === 'utf-8' ? utf8(salt) : base64Bytes('PBKDF2 salt', salt, 1),
    digest: base64Bytes('PBKDF2 hash', digest, 16),
  };
}

const MOSQUITTO_7 = /^\$7\$(\d+)\$([^$]+)\$([^$]+)$/;

function parseMosquittoPbkdf2(text: string): Pbkdf2Hash {
  const what = 'mosquitto $7$ hash';
  const [, iterations, salt, digest] = match(what, MOSQUITTO_7, text, 'expected $7$iterations$salt$hash');
  return {
    kind: 'pbkdf2',
    digestName: 'sha512',
    iterations: within(`${what}: iterations`, iterations, 1, limits.iterations),
    salt: base64Bytes(`${what}: salt`, salt, 1),
    digest: mosquittoDigest(what, digest),
  };
}

const MOSQUITTO_6 = /^\$6\$([^$]+)\$([^$]+)$/;

/** mosquitto up to 1.6, and `mosquitto_passwd -H sha512`: one SHA-512 over password, then salt. */
function parseMosquittoSha512(text: string): SaltedHash {
  const what = 'mosquitto $6$ hash';
  const hint = 'expected $6$salt$hash as mosquitto_passwd writes it ($6$ of crypt(3) is a different hash)';
  const [, salt, digest] = match(what, MOSQUITTO_6, text, hint);
  return {
    kind: 'salted',
    digestName: 'sha512',
    position: 'suffix',
    salt: base64Bytes(`${what}: salt`, salt, 1),
    digest: mosquittoDigest(what, digest),
  };
}

/** mosquitto pads. crypt(3) does not, although it decodes to the same number of bytes. */
function mosquittoDigest(what: string, text: string): Uint8Array {
  const digest = base64Bytes(`${what}: hash`, text, 64);
  if (digest.length !== 64 || !text.endsWith('==')) {
    throw new HashError(
      `${what}: expected 64 bytes in base64 ($6$ and $7$ of crypt(3) are different hashes)`,
    );
  }
  return digest;
}
