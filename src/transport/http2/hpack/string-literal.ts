/** Reads and writes string literals (RFC 7541, 5.2): a length, then raw or Huffman-coded octets. Text is latin1. */
import type { BlockReader } from './block-reader.ts';
import { CompressionError } from './compression-error.ts';
import { decodeHuffman, huffmanLength, writeHuffman } from './huffman.ts';
import { readInteger, writeInteger } from './integer.ts';
import { latin1 } from './latin1.ts';

/** The flag H of the first octet. */
const HUFFMAN = 0x80;
const LENGTH_PREFIX = 7;

/**
 * @param maxLength most octets of the text.
 * @throws {CompressionError} if the string is longer, does not end within the block, or cannot be decoded.
 */
export function readString(reader: BlockReader, maxLength: number): string {
  const isCoded = (reader.peekOctet() & HUFFMAN) !== 0;
  const length = readInteger(reader, LENGTH_PREFIX);
  const start = reader.skip(length);
  const text = isCoded
    ? decodeHuffman(reader.block, start, start + length)
    : latin1(reader.block, start, start + length);
  if (text.length > maxLength) throw new CompressionError('a string is too long (RFC 7541, 7.3)');
  return text;
}

/**
 * Writes the shorter of both forms.
 *
 * @returns the position after it.
 * @throws {RangeError} if a character is above U+00FF.
 */
export function writeString(into: Uint8Array, at: number, text: string): number {
  const coded = huffmanLength(text);
  if (coded < text.length)
    return writeHuffman(into, writeInteger(into, at, HUFFMAN, LENGTH_PREFIX, coded), text);
  let position = writeInteger(into, at, 0, LENGTH_PREFIX, text.length);
  for (let index = 0; index < text.length; index++) into[position++] = text.charCodeAt(index);
  return position;
}
