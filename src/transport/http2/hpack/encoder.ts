/**
 * Encodes header blocks of responses (RFC 7541, 6): entries of the static table, and literals without indexing. It does
 * not use the peer's dynamic table. A block is therefore the same octets every time, on every connection, and frequent
 * answers are encoded once.
 *
 * Nothing is marked as never indexed (6.2.3, 7.1.3). That mark protects secrets from guessing by block size, which
 * requires a table shared by secrets and guesses. There is none.
 */
import type { HeaderField } from './header-field.ts';
import { writeInteger } from './integer.ts';
import { staticTable } from './static-table.ts';
import { writeString } from './string-literal.ts';

/**
 * A dynamic table size update to 0 (6.3). A peer with a SETTINGS_HEADER_TABLE_SIZE below 4,096 expects an update at the
 * beginning of the first block after our acknowledgement (4.2), even from an encoder that does not use the table;
 * nghttp2 and others end the connection without it. After it the size stays 0 and later SETTINGS do not need another:
 * once per connection is enough.
 */
export const emptyTableUpdate: Uint8Array = Uint8Array.of(0x20);

const INDEXED = 0x80;
const INDEXED_PREFIX = 7;
const WITHOUT_INDEXING = 0x00;
const LITERAL_PREFIX = 4;

/** Most octets of an integer besides those of the value itself: the first octet and four more. */
const MAX_INTEGER_OCTETS = 5;

/** The first index of each name in the static table. */
const indexByName = new Map<string, number>();
/** The index of each field in the static table that has a value. */
const indexByField = new Map<string, number>();
for (const [at, [name, value]] of staticTable.entries()) {
  if (!indexByName.has(name)) indexByName.set(name, at + 1);
  if (value !== '') indexByField.set(keyOf(name, value), at + 1);
}

/** NUL is not allowed in names. */
function keyOf(name: string, value: string): string {
  return `${name}\0${value}`;
}

/**
 * Encodes a list of fields into new octets, which may be kept and sent on any connection.
 *
 * @param fields names in lower case. Which characters are allowed is up to HTTP (RFC 9113, 8.2.1).
 * @throws {RangeError} if a name or value contains a character above U+00FF, which does not fit in an octet.
 */
export function encodeFields(fields: readonly HeaderField[]): Uint8Array {
  const room = new Uint8Array(maxEncodedLength(fields));
  return room.slice(0, writeFields(fields, room, 0));
}

/** Returns the most octets that {@link writeFields} needs. */
export function maxEncodedLength(fields: readonly HeaderField[]): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length + 3 * MAX_INTEGER_OCTETS, 0);
}

/**
 * Encodes a list of fields into a buffer with room for {@link maxEncodedLength} octets from `at` on.
 *
 * @returns the position after the block.
 * @throws {RangeError} as {@link encodeFields}.
 */
export function writeFields(fields: readonly HeaderField[], into: Uint8Array, at: number): number {
  let position = at;
  for (const field of fields) position = writeField(into, position, field);
  return position;
}

function writeField(into: Uint8Array, at: number, [name, value]: HeaderField): number {
  const whole = indexByField.get(keyOf(name, value));
  if (whole !== undefined) return writeInteger(into, at, INDEXED, INDEXED_PREFIX, whole);
  const index = indexByName.get(name) ?? 0;
  let position = writeInteger(into, at, WITHOUT_INDEXING, LITERAL_PREFIX, index);
  if (index === 0) position = writeString(into, position, name);
  return writeString(into, position, value);
}
