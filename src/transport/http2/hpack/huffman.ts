/** Decodes and encodes Huffman-coded strings (RFC 7541, 5.2). Text is latin1: one character per octet. */
import { CompressionError } from './compression-error.ts';
import { codeLengths, huffmanCodes } from './huffman-code.ts';
import { FAILED, HAS_SYMBOL, type HuffmanTransitions, makeTransitions } from './huffman-transitions.ts';
import { latin1 } from './latin1.ts';

/** Bits of the shortest code: one coded octet makes at most 8 / 5 octets of text. */
const SHORTEST_CODE = 5;

/** A buffer larger than this, in bytes, is not kept for the next string. */
const MAX_KEPT = 64 * 1024;

let transitions: HuffmanTransitions | undefined;
let codes: readonly number[] | undefined;
let kept: Buffer = Buffer.alloc(0);

/**
 * Decodes `bytes` from `start` to `end`.
 *
 * @throws {CompressionError} if EOS is among the symbols, or the padding is longer than 7 bits or differs from EOS.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  transitions ??= makeTransitions();
  const { mayEnd, steps } = transitions;
  const text = roomFor(Math.floor(((end - start) * 8) / SHORTEST_CODE));
  let length = 0;
  let state = 0;
  for (let position = start; position < end; position++) {
    const octet = bytes[position] as number;
    const high = steps[(state << 4) | (octet >>> 4)] as number;
    if (high === FAILED) throw new CompressionError('a string contains EOS (RFC 7541, 5.2)');
    if (high & HAS_SYMBOL) text[length++] = high >>> 8;
    const low = steps[((high & 0xff) << 4) | (octet & 0x0f)] as number;
    if (low === FAILED) throw new CompressionError('a string contains EOS (RFC 7541, 5.2)');
    if (low & HAS_SYMBOL) text[length++] = low >>> 8;
    state = low & 0xff;
  }
  if (mayEnd[state] !== 1) throw new CompressionError('the padding of a string is wrong (RFC 7541, 5.2)');
  return latin1(text, 0, length);
}

function roomFor(length: number): Buffer {
  if (kept.length >= length) return kept;
  const buffer = Buffer.allocUnsafeSlow(Math.max(length, 1024));
  if (length <= MAX_KEPT) kept = buffer;
  return buffer;
}

/**
 * Returns the octets of a text once coded, with padding.
 *
 * @throws {RangeError} if a character is above U+00FF: truncated to an octet it could become another one, such as a
 * line feed.
 */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += codeLengths[octetAt(text, at)] as number;
  return Math.ceil(bits / 8);
}

function octetAt(text: string, at: number): number {
  const octet = text.charCodeAt(at);
  if (octet > 0xff) throw new RangeError('a header field contains a character above U+00FF');
  return octet;
}

/**
 * Writes a text, each character up to U+00FF, as {@link huffmanLength} octets.
 *
 * @returns the position after the last.
 */
export function writeHuffman(into: Uint8Array, at: number, text: string): number {
  codes ??= huffmanCodes();
  let position = at;
  /** Bits that do not fill an octet yet, and their number. */
  let bits = 0;
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index);
    const code = codes[symbol] as number;
    let rest = codeLengths[symbol] as number;
    while (rest > 0) {
      // Eight at a time: a code has up to 30 bits, and a number holds 32.
      const taken = Math.min(rest, 8);
      rest -= taken;
      bits = ((bits << taken) | ((code >>> rest) & ((1 << taken) - 1))) & 0xffff;
      count += taken;
      if (count < 8) continue;
      count -= 8;
      into[position++] = bits >>> count;
    }
  }
  // Fill the last octet with the first bits of EOS, which are ones.
  if (count > 0) into[position++] = (bits << (8 - count)) | (0xff >>> count);
  return position;
}
