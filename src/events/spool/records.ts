/**
 * The layout of the store: one ordered map from bytes to bytes. The first byte of a key is the kind of record.
 *
 *     e | sink | position  ->  an entry
 *     c | sink | first     ->  a claim: the last position, and the owner
 *     l | sink             ->  the totals of a log, and its next position
 *
 * `sink` is the length of the sink's name in one byte, and the name. Positions are 48 bits, big-endian, so that keys
 * sort by them. Every value begins with a CRC-32 of its key and of the rest of the value.
 */
import { crc32 } from 'node:zlib';

/** The position of an entry in its log: they grow, and are not reused while a process lives. */
export type Position = number;

export const LAST_POSITION: Position = 2 ** 48 - 1;

/** What a log holds, claimed entries included. */
export interface LogTotals {
  readonly count: number;
  /** Of the keys and values of its entries. */
  readonly bytes: number;
  readonly next: Position;
}

const ENTRY = 'e';
const CLAIM = 'c';
const TOTALS = 'l';
const POSITION_BYTES = 6;
const CRC_BYTES = 4;

export const entryKey = (sink: string, position: Position): Buffer => keyOf(ENTRY, sink, position);
export const claimKey = (sink: string, first: Position): Buffer => keyOf(CLAIM, sink, first);
export const totalsKey = (sink: string): Buffer => keyOf(TOTALS, sink);
/** The totals of all logs lie between these keys. */
export const totalsRange = { start: Buffer.from(TOTALS), end: Buffer.from('m') };

/** Longest name of a sink, in bytes: its length is stored in one. */
const MAX_NAME = 255;

function keyOf(kind: string, sink: string, position?: Position): Buffer {
  const name = Buffer.from(sink);
  if (name.length > MAX_NAME) throw new TypeError(`the name of a sink is longer than ${MAX_NAME} bytes`);
  const key = Buffer.alloc(2 + name.length + (position === undefined ? 0 : POSITION_BYTES));
  key.write(kind, 0, 'latin1');
  key[1] = name.length;
  key.set(name, 2);
  if (position !== undefined) key.writeUIntBE(position, 2 + name.length, POSITION_BYTES);
  return key;
}

/** @param key of an entry or a claim. */
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

/** The content, or nothing when the checksum does not match key and value. */
export function unseal(key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < CRC_BYTES) return undefined;
  const content = value.subarray(CRC_BYTES);
  return value.readUInt32BE(0) === crc32(content, crc32(key)) ? content : undefined;
}

/** The content without a check: for values that were checked when the store was opened. */
export function contentOf(value: Buffer): Buffer {
  return value.subarray(CRC_BYTES);
}

/** The size of an entry before it is made. @param content bytes of its content. */
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

/** @param owner the id of a process. */
export function encodeClaim(last: Position, owner: string): Buffer {
  const content = Buffer.alloc(POSITION_BYTES + Buffer.byteLength(owner));
  content.writeUIntBE(last, 0, POSITION_BYTES);
  content.write(owner, POSITION_BYTES);
  return content;
}

export function decodeClaim(content: Buffer): { last: Position; owner: string } {
  return { last: content.readUIntBE(0, POSITION_BYTES), owner: content.toString('utf8', POSITION_BYTES) };
}
