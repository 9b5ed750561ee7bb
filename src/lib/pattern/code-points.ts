/** Sets of code points, and how RE2 writes them. */

/** Inclusive ranges, sorted, without overlaps. */
export type Ranges = readonly (readonly [from: number, to: number])[];

const LAST = 0x10ffff;

/** ASCII white space, vertical tab included. RE2's own `\s` lacks it. */
export const asciiSpace: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];

/** `\s` of ECMA-262: WhiteSpace and LineTerminator. */
export const ecmaSpace: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** LineTerminator of ECMA-262: what `.` does not match there. */
export const ecmaLineEnds: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** Returns all other code points. */
export function complement(ranges: Ranges): Ranges {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) rest.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

/** Writes one code point for RE2, inside and outside `[]`. */
export function writePoint(point: number): string {
  const character = String.fromCodePoint(point);
  return /^[0-9A-Za-z]$/.test(character) ? character : `\\x{${point.toString(16)}}`;
}

/** Writes ranges for use inside `[]`. */
export function writeRanges(ranges: Ranges): string {
  return ranges
    .map(([from, to]) => (from === to ? writePoint(from) : `${writePoint(from)}-${writePoint(to)}`))
    .join('');
}
