/**
 * Encodes a delivery for the disk, and decodes it: compact, and readable without the event that it was made from.
 *
 *     u8 layout | u32 hash of the key | u48 time | u8 flags | u16 n | n texts | body
 *
 * A text is its length as a u32 and UTF-8. The texts are id, key, content type, target where there is one, then
 * names and values of the attributes in turn. Numbers are big-endian. A layout never changes: a new one gets the
 * next number, and old ones stay readable.
 */
import { crc32 } from 'node:zlib';
import type { Delivery, DeliveryFormat } from '../../sinks/delivery.ts';

const LAYOUT = 1;
const HEADER = 14;
/** Texts before the attributes, without the target. */
const FIXED_TEXTS = 3;
const HAS_TARGET = 4;
const formats: readonly DeliveryFormat[] = ['structured', 'binary', 'raw'];

/** What can be read without decoding a delivery. */
export interface StoredHead {
  /** Hash of the key: equal for equal keys, and rarely for others. */
  readonly keyHash: number;
  /** When it was stored, in milliseconds since 1970. */
  readonly time: number;
}

/** @param time milliseconds since 1970. */
export function encodeDelivery(delivery: Delivery, time: number): Buffer {
  const texts = textsOf(delivery);
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const size = lengths.reduce((sum, length) => sum + 4 + length, HEADER);
  const bytes = Buffer.allocUnsafe(size + delivery.body.byteLength);
  bytes.writeUInt8(LAYOUT, 0);
  bytes.writeUInt32BE(crc32(delivery.key), 1);
  bytes.writeUIntBE(time, 5, 6);
  bytes.writeUInt8(flagsOf(delivery), 11);
  bytes.writeUInt16BE(texts.length, 12);
  let at = HEADER;
  texts.forEach((text, i) => {
    at = bytes.writeUInt32BE(lengths[i] ?? 0, at);
    at += bytes.write(text, at);
  });
  bytes.set(delivery.body, at);
  return bytes;
}

function textsOf({ id, key, contentType, target, attributes }: Delivery): string[] {
  const optional = target === undefined ? [] : [target];
  return [id, key, contentType, ...optional, ...Object.entries(attributes).flat()];
}

function flagsOf({ format, target }: Delivery): number {
  return formats.indexOf(format) | (target === undefined ? 0 : HAS_TARGET);
}

/** @param bytes that `encodeDelivery` has made. */
export function readHead(bytes: Buffer): StoredHead {
  return { keyHash: bytes.readUInt32BE(1), time: bytes.readUIntBE(5, 6) };
}

/** @returns undefined for bytes that are not a delivery, or have the layout of a later release. */
export function decodeDelivery(bytes: Buffer): Delivery | undefined {
  if (bytes.length < HEADER || bytes[0] !== LAYOUT) return undefined;
  const flags = bytes.readUInt8(11);
  const format = formats[flags & 3];
  const read = readTexts(bytes);
  if (format === undefined || read === undefined) return undefined;
  const [id = '', key = '', contentType = '', ...others] = read.texts;
  const target = (flags & HAS_TARGET) === 0 ? undefined : others.shift();
  const attributes = Object.fromEntries(pairs(others));
  return { id, key, target, format, contentType, attributes, body: bytes.subarray(read.end) };
}

function readTexts(bytes: Buffer): { texts: string[]; end: number } | undefined {
  const count = bytes.readUInt16BE(12);
  const texts: string[] = [];
  let at = HEADER;
  for (; texts.length < count; ) {
    if (at + 4 > bytes.length) return undefined;
    const start = at + 4;
    const end = start + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    texts.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return count < FIXED_TEXTS ? undefined : { texts, end: at };
}

function pairs(texts: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) found.push([texts[i] ?? '', texts[i + 1] ?? '']);
  return found;
}
