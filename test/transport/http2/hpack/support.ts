/** Octets in hex, and the content of a decoder's table. */

import { HeaderDecoder } from '../../../../src/transport/http2/hpack/decoder.ts';
import type { HeaderBlock } from '../../../../src/transport/http2/hpack/header-block.ts';
import type { HeaderField } from '../../../../src/transport/http2/hpack/header-field.ts';
import { writeInteger } from '../../../../src/transport/http2/hpack/integer.ts';

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export const openDecoder = (options: Partial<ConstructorParameters<typeof HeaderDecoder>[0]> = {}) =>
  new HeaderDecoder({ maxTableSize: 4096, maxListSize: 64 * 1024, ...options });

export const decodeHex = (decoder: HeaderDecoder, text: string): HeaderBlock => {
  const block = hex(text);
  return decoder.decode(block, 0, block.length);
};

/** An integer (5.1) as octets. */
export const integer = (flags: number, prefixBits: number, value: number): Buffer => {
  const octets = Buffer.alloc(8);
  return octets.subarray(0, writeInteger(octets, 0, flags, prefixBits, value));
};

/** A string literal as it is, not Huffman-coded. */
export const plainString = (text: string): Buffer =>
  Buffer.concat([integer(0, 7, text.length), Buffer.from(text, 'latin1')]);

export const indexed = (index: number): Buffer => integer(0x80, 7, index);
export const sizeUpdate = (size: number): Buffer => integer(0x20, 5, size);

/** A literal with incremental indexing and a literal name. */
export const inserted = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0x40), plainString(name), plainString(value)]);

export const decodeAll = (decoder: HeaderDecoder, ...parts: readonly Uint8Array[]): HeaderBlock => {
  const block = Buffer.concat(parts);
  return decoder.decode(block, 0, block.length);
};

/** The dynamic table, newest first: reads each index until there is no entry. */
export function tableOf(decoder: HeaderDecoder): HeaderField[] {
  const fields: HeaderField[] = [];
  for (let index = 62; ; index++) {
    try {
      fields.push(...decodeAll(decoder, indexed(index)).fields);
    } catch {
      return fields;
    }
  }
}
