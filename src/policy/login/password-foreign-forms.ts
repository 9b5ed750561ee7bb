/**
 * Password hashes of web frameworks, directories and web servers that use the same algorithms in another notation:
 * Django, passlib, Werkzeug, OpenLDAP, Dovecot, `htpasswd -s`. Hashes of crypt(3) are not supported.
 */
import { decodeHex, utf8 } from '../text/encoding.ts';
import {
  type DigestName,
  HashError,
  type HashForm,
  limits,
  type ParsedHash,
  type Pbkdf2Hash,
  type SaltedHash,
  type ScryptHash,
} from './password-hash.ts';
import { base64Bytes, match, within } from './password-parts.ts';

const DIGEST_BYTES = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

/** @param parse reads the hash inside a wrapper. */
export function foreignForms(parse: (text: string) => ParsedHash): readonly HashForm[] {
  const wrapped = (prefix: RegExp): HashForm => [prefix, (text) => parse(text.replace(prefix, ''))];
  return [
    // Django: BCryptPasswordHasher and Argon2PasswordHasher.
    wrapped(/^bcrypt\$(?=\$2)/),
    wrapped(/^argon2(?=\$argon2)/),
    // Dovecot.
    wrapped(/^\{(?:BLF-CRYPT|CRYPT|ARGON2ID?)\}(?=\$)/),
    [/^\{S?(?:MD5|SHA|SHA256|SHA512)\}/, parseLdap],
    [/^pbkdf2_/, parseDjangoPbkdf2],
    [/^scrypt\$/, parseDjangoScrypt],
    [/^(?:md5|sha1)\$/, parseDjangoSalted],
    [/^\$pbkdf2/, parsePasslibPbkdf2],
    [/^pbkdf2:/, parseWerkzeugPbkdf2],
    [/^scrypt:/, parseWerkzeugScrypt],
    [/^\$apr1\$|^\$1\$|^\$5\$|^\$y\$|^\$bcrypt-sha256\$|^bcrypt_sha256\$/, refuse],
  ];
}

function refuse(): never {
  throw new HashError(
    'hashes of crypt(3) ($1$, $5$, $y$), of htpasswd -m ($apr1$) and bcrypt over SHA-256 are not supported: make a new hash with exhook hash, htpasswd -B or mosquitto_passwd',
  );
}

const LDAP = /^\{(S?)(MD5|SHA|SHA256|SHA512)\}([A-Za-z0-9+/]+={0,2})$/;

/** RFC 2307 and its salted variants: digest and salt together in base64. */
function parseLdap(text: string): SaltedHash {
  const [, salted, scheme, encoded] = match(
    'hash in braces',
    LDAP,
    text,
    'expected {SHA}base64 or {SSHA}base64',
  );
  const digestName = scheme === 'SHA' ? 'sha1' : (scheme.toLowerCase() as DigestName);
  const length = DIGEST_BYTES[digestName];
  const bytes = base64Bytes(`{${salted}${scheme}} hash`, encoded, length);
  const salt = bytes.slice(length);
  if (salted === '' ? salt.length > 0 : salt.length === 0)
    throw new HashError(`{${salted}${scheme}} hash has the wrong length`);
  const position = salted === '' ? 'none' : 'suffix';
  return { kind: 'salted', digestName, position, salt, digest: bytes.slice(0, length) };
}

const DJANGO_PBKDF2 = /^pbkdf2_(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([^$]+)$/;

function parseDjangoPbkdf2(text: string): Pbkdf2Hash {
  const what = 'pbkdf2_ hash of Django';
  const hint = 'expected pbkdf2_sha256$iterations$salt$hash';
  const [, digestName, iterations, salt, digest] = match(what, DJANGO_PBKDF2, text, hint);
  return pbkdf2(what, digestName, iterations, utf8(salt), base64Bytes(`${what}: hash`, digest, 16));
}

const DJANGO_SCRYPT = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/;

function parseDjangoScrypt(text: string): ScryptHash {
  const what = 'scrypt hash of Django';
  const [, n, salt, r, p, digest] = match(what, DJANGO_SCRYPT, text, 'expected scrypt$N$salt$r$p$hash');
  return scryptOf(what, [n, r, p], utf8(salt), base64Bytes(`${what}: hash`, digest, 16));
}

const DJANGO_SALTED = /^(md5|sha1)\$([^$]*)\$([0-9a-f]+)$/;

function parseDjangoSalted(text: string): SaltedHash {
  const what = 'salted hash of Django';
  const [, name, salt, hex] = match(what, DJANGO_SALTED, text, 'expected sha1$salt$hash in hexadecimal');
  const digest = hexBytes(what, hex);
  if (digest.length !== DIGEST_BYTES[name as 'md5' | 'sha1'])
    throw new HashError(`${what} has the wrong length`);
  return { kind: 'salted', digestName: name as DigestName, position: 'prefix', salt: utf8(salt), digest };
}

const PASSLIB_PBKDF2 = /^\$pbkdf2(|-sha256|-sha512)\$(\d+)\$([^$]+)\$([^$]+)$/;

/** passlib's base64 uses "." for "+" and no padding. */
function parsePasslibPbkdf2(text: string): Pbkdf2Hash {
  const what = '$pbkdf2 hash of passlib';
  const hint = 'expected $pbkdf2-sha256$rounds$salt$hash';
  const [, digestName, rounds, salt, digest] = match(what, PASSLIB_PBKDF2, text, hint);
  const decode = (part: string, of: string, least: number) =>
    base64Bytes(`${what}: ${part}`, of.replaceAll('.', '+'), least);
  const name = digestName === '' ? 'sha1' : digestName.slice(1);
  return pbkdf2(what, name, rounds, decode('salt', salt, 1), decode('hash', digest, 16));
}

const WERKZEUG_PBKDF2 = /^pbkdf2:(sha1|sha256|sha512):(\d+)\$([^$]+)\$([0-9a-f]+)$/;

function parseWerkzeugPbkdf2(text: string): Pbkdf2Hash {
  const what = 'pbkdf2: hash of Werkzeug';
  const hint = 'expected pbkdf2:sha256:iterations$salt$hash';
  const [, digestName, iterations, salt, digest] = match(what, WERKZEUG_PBKDF2, text, hint);
  return pbkdf2(what, digestName, iterations, utf8(salt), hexBytes(what, digest));
}

const WERKZEUG_SCRYPT = /^scrypt:(\d+):(\d+):(\d+)\$([^$]+)\$([0-9a-f]+)$/;

function parseWerkzeugScrypt(text: string): ScryptHash {
  const what = 'scrypt: hash of Werkzeug';
  const [, n, r, p, salt, digest] = match(what, WERKZEUG_SCRYPT, text, 'expected scrypt:N:r:p$salt$hash');
  return scryptOf(what, [n, r, p], utf8(salt), hexBytes(what, digest));
}

function pbkdf2(
  what: string,
  digestName: string,
  iterations: string,
  salt: Uint8Array,
  digest: Uint8Array,
): Pbkdf2Hash {
  return {
    kind: 'pbkdf2',
    digestName: digestName as DigestName,
    iterations: within(`${what}: iterations`, iterations, 1, limits.iterations),
    salt,
    digest,
  };
}

/** The text contains N itself, a power of two. (RFC 7914 section 2) */
function scryptOf(
  what: string,
  [n, r, p]: readonly [string, string, string],
  salt: Uint8Array,
  digest: Uint8Array,
): ScryptHash {
  const logN = Math.log2(within(`${what}: N`, n, 2, 2 ** 24));
  if (!Number.isInteger(logN)) throw new HashError(`${what}: N is not a power of two`);
  const blocks = within(`${what}: r`, r, 1, 64);
  // RFC 7914 section 2: 128 * N * r bytes.
  if ((128 * 2 ** logN * blocks) / 1024 > limits.memoryKiB)
    throw new HashError(`${what}: needs more than 1 GiB of memory`);
  return { kind: 'scrypt', logN, r: blocks, p: within(`${what}: p`, p, 1, 64), salt, digest };
}

function hexBytes(what: string, text: string): Uint8Array {
  const bytes = decodeHex(text);
  if (bytes === undefined || bytes.length < 16)
    throw new HashError(`${what} is too short, or not hexadecimal`);
  return bytes;
}
