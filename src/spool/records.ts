/**
 * What stands in the store: one ordered map from bytes to bytes. The first byte of a key says what it is.
 *
 *     e | lane | position  ->  an entry
 *     c | lane | first     ->  a claim: the last position, and who has it
 *     l | lane             ->  how much the lane holds, and its next position
 *
 * A lane is the length of its sink's name and the name; positions are 48 bits, big-endian, so that keys sort by
 * them. Every value begins with a CRC-32 of its key and of what follows.
 */
import { crc32 } from 'node:zlib';

/** Where an entry stands in its lane; later ones are larger. They are not used twice while a process lives. */
export type Position = number;

export const LAST_POSITION: Position = 2 ** 48 - 1;

/** What a lane holds, entries under claim included. */
export interface LogTotals {
  readonly count: number;
  /** Keys and values of its entries. */
  readonly bytes: number;
  readonly next: Position;
}

const ENTRY = 'e';
const CLAIM = 'c';
const LANE = 'l';
const POSITION_BYTES = 6;
const CRC_BYTES = 4;

export const entryKey = (lane: string, position: Position): Buffer => keyOf(ENTRY, lane, position);
export const claimKey = (lane: string, first: Position): Buffer => keyOf(CLAIM, lane, first);
export const totalsKey = (lane: string): Buffer => keyOf(LANE, lane);
/** All lanes stand between these two. */
export const totalsRange = { start: Buffer.from(LANE), end: Buffer.from('m') };

/** Longest name of a lane, in bytes: its length stands in one. */
const MAX_NAME = 255;

function keyOf(kind: string, lane: string, position?: Position): Buffer {
  const name = Buffer.from(lane);
  if (name.length > MAX_NAME) throw new TypeError(`the name of a sink is longer than ${MAX_NAME} bytes`);
  const key = Buffer.alloc(2 + name.length + (position === undefined ? 0 : POSITION_BYTES));
  key.write(kind, 0, 'latin1');
  key[1] = name.length;
  key.set(name, 2);
  if (position !== undefined) key.writeUIntBE(position, 2 + name.length, POSITION_BYTES);
  return key;
}

/** Of the key of an entry or of a claim. */
export function positionOf(key: Buffer): Position {
  return key.readUIntBE(key.length - POSITION_BYTES, POSITION_BYTES);
}

export function sinkOf(key: Buffer): string {
  return key.toString('utf8', 2, 2 + (key[1] ?? 0));
}

/** The value with its checksum in front. */
export function seal(key: Buffer, content: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(CRC_BYTES + content.byteLength);
  value.set(content, CRC_BYTES);
  value.writeUInt32BE(crc32(value.subarray(CRC_BYTES), crc32(key)), 0);
  return value;
}

/** What was sealed, or nothing when the checksum is not that of key and value. */
export function unseal(key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < CRC_BYTES) return undefined;
  const content = value.subarray(CRC_BYTES);
  return value.readUInt32BE(0) === crc32(content, crc32(key)) ? content : undefined;
}

/** The same without the check: for what was checked when the store was opened. */
export function contentOf(value: Buffer): Buffer {
  return value.subarray(CRC_BYTES);
}

/** The same for an entry that is not made yet. @param content its bytes without a checksum. */
export function entrySize(keyBytes: number, content: number): number {
  return keyBytes + CRC_BYTES + content;
}

/** How much an entry counts against `spool.maxBytes`. */
export function sizeOf(key: Buffer, value: Buffer): number {
  return key.length + value.length;
}

export function encodeTotals({ count, bytes, next }: LogTotals): Buffer {
  const content = Buffer.alloc(3 * POSITION_BYTES);
  [count, bytes, next].forEach((number, i) => {
    content.writeUIntBE(number, i * POSITION_BYTES, POSITION_BYTES);
  });
  return content;
}

export function decodeTotals(content: Buffer): LogTotals {
  const [count = 0, bytes = 0, next = 1] = [0, 1, 2].map((i) =>
    content.readUIntBE(i * POSITION_BYTES, POSITION_BYTES),
  );
  return { count, bytes, next };
}

export const NO_TOTALS: LogTotals = { count: 0, bytes: 0, next: 1 };

/** @param owner the id of a member. */
export function encodeClaim(last: Position, owner: string): Buffer {
  const content = Buffer.alloc(POSITION_BYTES + Buffer.byteLength(owner));
  content.writeUIntBE(last, 0, POSITION_BYTES);
  content.write(owner, POSITION_BYTES);
  return content;
}

export function decodeClaim(content: Buffer): { last: Position; owner: string } {
  return { last: content.readUIntBE(0, POSITION_BYTES), owner: content.toString('utf8', POSITION_BYTES) };
}
