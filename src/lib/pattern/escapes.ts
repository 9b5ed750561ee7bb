/** Reads escapes in a pattern, in the dialect of RE2 or of ECMA-262, and writes them for RE2. */
import { asciiSpace, complement, ecmaSpace, type Ranges, writePoint, writeRanges } from './code-points.ts';
import type { PatternReader } from './pattern-reader.ts';
import { refuse } from './problem.ts';
import { findProperty } from './unicode-property.ts';

/** `re2`: rules and conditions. `ecma`: JSON Schema, whose patterns are those of ECMA-262 with the flag `u`. */
export type Dialect = 're2' | 'ecma';

/** One character, a set of them, or a position between two. */
export type Escape =
  | { readonly kind: 'point'; readonly point: number }
  /** Written for use inside `[]`. */
  | { readonly kind: 'set'; readonly members: string }
  | { readonly kind: 'position'; readonly text: string };

const controls: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b };
/** The same in both dialects and in RE2. */
const sameSets = ['d', 'D', 'w', 'W'];
/** Explains why a construct that needs backtracking is rejected. */
export const NEVER_LINEAR = 'no engine that takes linear time can match it';

/** Reads what follows `\`. */
export function readEscape(reader: PatternReader, dialect: Dialect): Escape {
  const character = reader.next('a character after "\\"');
  const control = controls[character];
  if (control !== undefined) return point(control);
  if (sameSets.includes(character)) return { kind: 'set', members: `\\${character}` };
  switch (character) {
    case 's':
    case 'S':
      return { kind: 'set', members: writeRanges(spaces(character === 'S', dialect)) };
    case 'p':
    case 'P':
      return { kind: 'set', members: readProperty(reader, dialect, character === 'P') };
    case 'b':
    case 'B':
      return { kind: 'position', text: `\\${character}` };
    case 'x':
      return point(
        reader.peek() === '{' && dialect === 're2' ? readBraced(reader, 'x') : readHex(reader, 'x', 2),
      );
    case 'u':
      return point(reader.peek() === '{' ? readBraced(reader, 'u') : readUnits(reader));
    case '0':
      return isDigit(reader.peek())
        ? refuse('"\\0" with digits is not supported: write \\x and two digits')
        : point(0);
    case 'c':
      return point(readControl(reader));
  }
  if (dialect === 're2' && (character === 'A' || character === 'z'))
    return { kind: 'position', text: `\\${character}` };
  if (dialect === 're2' && character === 'a') return point(0x07);
  if (/^[1-9k]$/.test(character))
    refuse(`"\\${character}" is not supported: a back-reference, and ${NEVER_LINEAR}`);
  if (/^[a-z0-9]$/i.test(character)) refuse(`"\\${character}" is not supported`);
  return point(character.codePointAt(0) ?? 0);
}

function point(code: number): Escape {
  return { kind: 'point', point: code };
}

function spaces(isNegated: boolean, dialect: Dialect): Ranges {
  const ranges = dialect === 'ecma' ? ecmaSpace : asciiSpace;
  return isNegated ? complement(ranges) : ranges;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && /^\d$/.test(character);
}

function readHex(reader: PatternReader, letter: string, digits: number): number {
  const text = reader.takeWhile(/^[0-9a-f]$/i, digits);
  if (text.length !== digits) refuse(`"\\${letter}" needs ${digits} hexadecimal digits`);
  return Number.parseInt(text, 16);
}

function readBraced(reader: PatternReader, letter: string): number {
  reader.take('{');
  const code = Number.parseInt(reader.takeWhile(/^[0-9a-f]$/i, 8), 16);
  if (!reader.take('}') || !(code <= 0x10ffff))
    refuse(`"\\${letter}{..}" needs the hexadecimal number of a character`);
  return code;
}

/** Two escaped surrogates are one character. */
function readUnits(reader: PatternReader): number {
  const high = readHex(reader, 'u', 4);
  if (high < 0xd800 || high > 0xdbff || reader.peek() !== '\\' || reader.peek(1) !== 'u') return high;
  const ahead = reader.ahead(2, 4);
  if (!/^d[c-f][0-9a-f]{2}$/i.test(ahead)) return high;
  reader.skip(6);
  return 0x10000 + ((high - 0xd800) << 10) + (Number.parseInt(ahead, 16) - 0xdc00);
}

function readControl(reader: PatternReader): number {
  const letter = reader.takeWhile(/^[a-z]$/i, 1);
  if (letter === '') refuse('"\\c" needs a letter');
  return letter.charCodeAt(0) % 32;
}

/** `\p{Letter}`, `\p{Script=Greek}`; in RE2 also `\pL`, `\p{Greek}` and `\p{^L}`. */
function readProperty(reader: PatternReader, dialect: Dialect, isNegated: boolean): string {
  let name: string;
  if (reader.take('{')) {
    name = reader.takeWhile(/^[^}]$/, 100);
    if (!reader.take('}')) refuse('"\\p{" ends nowhere');
  } else if (dialect === 're2') name = reader.next('a letter after "\\p"');
  else return refuse('"\\p" needs a name in braces, such as \\p{Letter}');
  const isInverse = dialect === 're2' && name.startsWith('^');
  const plain = isInverse ? name.slice(1) : name;
  const found = findProperty(plain) ?? (dialect === 're2' ? findProperty(`Script=${plain}`) : undefined);
  if (found === undefined) return refuse(`"\\p{${name}}" is not a Unicode property${scriptHint(plain)}`);
  return isNegated === isInverse ? found.has : found.hasNot;
}

function scriptHint(name: string): string {
  return findProperty(`Script=${name}`) === undefined ? '' : `: write \\p{Script=${name}}`;
}

export function writeEscape(read: Escape): string {
  if (read.kind === 'position') return read.text;
  return read.kind === 'point' ? writePoint(read.point) : `[${read.members}]`;
}
