/**
 * Reads and writes integers (RFC 7541, 5.1): the low bits of a first octet, then seven bits per octet, lowest first.
 */
import type { BlockReader } from './block-reader.ts';
import { CompressionError } from './compression-error.ts';

/**
 * Octets after the first. Longer encodings are refused, also zero-padded ones (5.1 asks for limits of value and
 * length).
 */
const MAX_CONTINUATION_OCTETS = 4;

/** Largest value that is always accepted: 28 bits. No table or header block is that large. */
export const MAX_INTEGER = 2 ** 28 - 1;

/**
 * Reads an integer whose first octet is the next one.
 *
 * @param prefixBits how many low bits of the first octet belong to it, 1 to 8; the others are ignored.
 * @throws {CompressionError} if it is longer than any sensible one, or the block ends before it does.
 */
export function readInteger(reader: BlockReader, prefixBits: number): number {
  const max = (1 << prefixBits) - 1;
  const prefix = reader.readOctet() & max;
  return prefix < max ? prefix : max + readContinuation(reader);
}

function readContinuation(reader: BlockReader): number {
  let value = 0;
  for (let shift = 0; shift < 7 * MAX_CONTINUATION_OCTETS; shift += 7) {
    const octet = reader.readOctet();
    value += (octet & 0x7f) << shift;
    if (octet < 0x80) return value;
  }
  throw new CompressionError('an integer is too long (RFC 7541, 5.1)');
}

/**
 * Writes an integer.
 *
 * @param flags the high bits of the first octet, which tell the purpose of the integer.
 * @param prefixBits how many low bits of the first octet belong to the integer, 1 to 8.
 * @param value 0 to {@link MAX_INTEGER}.
 * @returns the position after its last octet.
 */
export function writeInteger(
  into: Uint8Array,
  at: number,
  flags: number,
  prefixBits: number,
  value: number,
): number {
  const max = (1 << prefixBits) - 1;
  if (value < max) {
    into[at] = flags | value;
    return at + 1;
  }
  into[at] = flags | max;
  let position = at + 1;
  let rest = value - max;
  for (; rest >= 0x80; rest >>>= 7) into[position++] = 0x80 | (rest & 0x7f);
  into[position++] = rest;
  return position;
}
