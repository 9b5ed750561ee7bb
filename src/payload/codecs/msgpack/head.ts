/** The first byte of each MessagePack item. */

/** What follows: so many bytes, or a length of so many bytes and the content. */
export type Kind =
  | 'null'
  | 'false'
  | 'true'
  | 'float'
  | 'unsigned'
  | 'signed'
  | 'bytes'
  | 'text'
  | 'list'
  | 'map'
  | 'extension'
  | 'fixed extension'
  | 'never used';

export type Head = readonly [kind: Kind, size: number];

const NEVER_USED: Head = ['never used', 0];
const sizes = (kind: Kind, ...bytes: number[]): Head[] => bytes.map((size) => [kind, size]);

/** From 0xc0 to 0xdf. */
const heads: readonly Head[] = [
  ...[...sizes('null', 0), NEVER_USED, ...sizes('false', 0), ...sizes('true', 0)],
  ...sizes('bytes', 1, 2, 4),
  ...sizes('extension', 1, 2, 4),
  ...sizes('float', 4, 8),
  ...sizes('unsigned', 1, 2, 4, 8),
  ...sizes('signed', 1, 2, 4, 8),
  ...sizes('fixed extension', 1, 2, 4, 8, 16),
  ...sizes('text', 1, 2, 4),
  ...sizes('list', 2, 4),
  ...sizes('map', 2, 4),
];

/** Of a first byte from 0xc0 to 0xdf. */
export function longHead(byte: number): Head {
  return heads[byte - 0xc0] ?? NEVER_USED;
}

export const isFixInteger = (byte: number) => byte < 0x80 || byte >= 0xe0;
export const isInteger = (byte: number) => isFixInteger(byte) || (byte >= 0xcc && byte <= 0xd3);
export const isText = (byte: number) => (byte >= 0xa0 && byte < 0xc0) || (byte >= 0xd9 && byte <= 0xdb);
export const isFixMap = (byte: number) => byte >= 0x80 && byte < 0x90;
export const isFixList = (byte: number) => byte >= 0x90 && byte < 0xa0;
export const isFixText = (byte: number) => byte >= 0xa0 && byte < 0xc0;
