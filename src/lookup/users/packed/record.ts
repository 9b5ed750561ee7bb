/**
 * Serializes one user as packed bytes: its key, which contains one of its names, and then the rest.
 *
 * A key is one byte that says which name it is and how it is encoded, then the characters of the name.
 */
import type { Tags } from '../../../policy/login/tags.ts';
import type { User } from '../../../policy/login/user-record.ts';
import { readHash, writeHash } from './hash-fields.ts';
import { PackedReader } from './reader.ts';
import { hasWide, type PackedWriter, WIDE } from './writer.ts';

/** In the first byte of a key, besides {@link WIDE}: the name is a client id. */
const BY_CLIENT_ID = 2;

/** Flags of the fields after the key. */
const HAS_CLIENT_ID = 1;
const HAS_TAGS = 2;
const HAS_ADDRESSES = 4;

export type KeyField = 'username' | 'clientid';

/** Every field is written and read below. A new field does not compile until it is added here. */
type Written = 'username' | 'clientid' | 'hash' | 'tags' | 'addresses';
export type PackedUser = keyof User extends Written ? User : never;

/** Returns the lookup name of a user: the user name, or the client id without one. */
export function keyOf({ username, clientid = '' }: User): readonly [KeyField, string] {
  return username === undefined ? ['clientid', clientid] : ['username', username];
}

/** Writes a key into `out`, which has room for it. @returns its length in bytes. */
export function writeKey(out: Buffer, field: KeyField, name: string): number {
  const isWide = hasWide(name);
  out[0] = (field === 'clientid' ? BY_CLIENT_ID : 0) + (isWide ? WIDE : 0);
  return 1 + out.write(name, 1, isWide ? 'utf16le' : 'latin1');
}

/** Returns the most bytes that the key of a name may have. */
export function keySize(name: string): number {
  return 1 + 2 * name.length;
}

/** Writes the fields after the key. */
export function writeFields(out: PackedWriter, user: User): void {
  const { username, clientid, tags, addresses, hash } = user;
  const names = Object.keys(tags);
  const hasClientId = username !== undefined && clientid !== undefined;
  let present = hasClientId ? HAS_CLIENT_ID : 0;
  if (names.length > 0) present |= HAS_TAGS;
  if (addresses.length > 0) present |= HAS_ADDRESSES;
  out.byte(present);
  if (hasClientId) out.text(clientid);
  if (names.length > 0)
    writeTexts(
      out,
      names.flatMap((name) => [name, tags[name] ?? '']),
    );
  if (addresses.length > 0) writeTexts(out, addresses);
  writeHash(out, hash);
}

export interface ReadUser {
  readonly user: PackedUser;
  /** Offset of the next user. */
  readonly end: number;
}

/** Reads a user whose key begins at this offset. The result does not refer to the bytes. */
export function readUserAt(bytes: Buffer, at: number): ReadUser {
  const from = new PackedReader(bytes, at);
  const length = from.count();
  const head = from.byte();
  const name = from.textOf(length - 1, (head & WIDE) !== 0);
  const flags = from.byte();
  const clientid = (flags & HAS_CLIENT_ID) !== 0 ? from.text() : undefined;
  const tags = (flags & HAS_TAGS) !== 0 ? readTags(from) : noTags;
  const addresses = (flags & HAS_ADDRESSES) !== 0 ? readTexts(from) : noAddresses;
  const hash = readHash(from);
  const end = from.position;
  // Object literals are written out, because a topic check may read one.
  if ((head & BY_CLIENT_ID) !== 0) return { user: { clientid: name, hash, tags, addresses }, end };
  if (clientid === undefined) return { user: { username: name, hash, tags, addresses }, end };
  return { user: { username: name, clientid, hash, tags, addresses }, end };
}

const noAddresses: readonly string[] = Object.freeze([]);
const noTags: Tags = Object.freeze(Object.create(null) as Record<string, string>);

function readTags(from: PackedReader): Tags {
  const texts = readTexts(from);
  const tags = Object.create(null) as Record<string, string>;
  for (let i = 0; i < texts.length; i += 2) tags[texts[i] as string] = texts[i + 1] as string;
  return tags;
}

function writeTexts(out: PackedWriter, texts: readonly string[]): void {
  out.count(texts.length);
  for (const text of texts) out.text(text);
}

function readTexts(from: PackedReader): string[] {
  return Array.from({ length: from.count() }, () => from.text());
}
