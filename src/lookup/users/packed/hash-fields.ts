/** Serializes password hashes as packed bytes. */
import type { DigestName, ParsedHash, SaltedHash } from '../../../policy/login/password-hash.ts';
import type { PackedReader } from './reader.ts';
import type { PackedWriter } from './writer.ts';

/** Each kind is written as its index in this list. */
const kinds: readonly ParsedHash['kind'][] = ['bcrypt', 'argon2id', 'scrypt', 'pbkdf2', 'salted', 'plain'];
const digests: readonly DigestName[] = ['md5', 'sha1', 'sha256', 'sha512'];
const positions: readonly SaltedHash['position'][] = ['prefix', 'suffix', 'none'];

export function writeHash(out: PackedWriter, hash: ParsedHash): void {
  out.byte(kinds.indexOf(hash.kind));
  for (const value of parametersOf(hash)) out.count(value);
  if ('digest' in hash) {
    out.raw(hash.salt);
    out.raw(hash.digest);
  } else out.text(hash.kind === 'plain' ? hash.password : hash.encoded);
}

/** Parameters in the order in which they are read. */
function parametersOf(hash: ParsedHash): readonly number[] {
  switch (hash.kind) {
    case 'bcrypt':
      return [hash.cost];
    case 'argon2id':
      return [hash.memoryKiB, hash.passes, hash.lanes];
    case 'scrypt':
      return [hash.logN, hash.r, hash.p];
    case 'pbkdf2':
      return [digests.indexOf(hash.digestName), hash.iterations];
    case 'salted':
      return [digests.indexOf(hash.digestName), positions.indexOf(hash.position)];
    case 'plain':
      return [];
  }
}

export function readHash(from: PackedReader): ParsedHash {
  const kind = kinds[from.byte()];
  switch (kind) {
    case 'bcrypt':
      return { kind, cost: from.count(), encoded: from.text() };
    case 'argon2id':
      return {
        kind,
        memoryKiB: from.count(),
        passes: from.count(),
        lanes: from.count(),
        encoded: from.text(),
      };
    case 'scrypt':
      return { kind, logN: from.count(), r: from.count(), p: from.count(), ...readDigest(from) };
    case 'pbkdf2':
      return { kind, digestName: digestAt(from), iterations: from.count(), ...readDigest(from) };
    case 'salted':
      return {
        kind,
        digestName: digestAt(from),
        position: positions[from.count()] ?? 'prefix',
        ...readDigest(from),
      };
    case 'plain':
      return { kind, password: from.text() };
    default:
      throw new Error('invalid packed user');
  }
}

interface Digest {
  readonly salt: Uint8Array;
  readonly digest: Uint8Array;
}

function readDigest(from: PackedReader): Digest {
  return { salt: from.raw(), digest: from.raw() };
}

function digestAt(from: PackedReader): DigestName {
  return digests[from.count()] ?? 'sha512';
}
