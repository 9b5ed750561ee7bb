/**
 * Translates a pattern of either dialect to one for RE2 that matches the same texts. Groups do not capture
 * and repetitions have no preference: only whether a text matches is used.
 *
 * `$` is the very end and `.` anything but a line feed, unless flags say otherwise; in ECMA-262 `.` excludes
 * every line terminator. Constructs that no linear engine supports are rejected by name.
 */
import { complement, ecmaLineEnds, writePoint, writeRanges } from './code-points.ts';
import { type Dialect, type Escape, NEVER_LINEAR, readEscape, writeEscape } from './escapes.ts';
import { PatternReader } from './pattern-reader.ts';
import { refuse } from './problem.ts';
import { MAX_REPEAT, type Repeat, readRepeat, writeRepeat } from './repeat.ts';

/** Deeper nesting is not an expression for a name or a field. */
const MAX_DEPTH = 50;
/** Most instructions of the automaton: each may run for each character of a text. */
const MAX_SIZE = 2000;
/** Most characters of a pattern. A class of many ranges is one instruction, however long. */
const MAX_LENGTH = 65_536;

/** A part of the pattern. */
interface Piece {
  readonly text: string;
  /** Approximate number of instructions, written out. */
  readonly size: number;
  /** Its repetitions as RE2 counts them: those of nested ones multiplied. */
  readonly repeats: number;
}

const posixNames =
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' ');

/** @throws PatternProblem */
export function translate(pattern: string, dialect: Dialect): string {
  if (pattern.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  const translator = new Translator(pattern, dialect);
  return translator.whole();
}

class Translator {
  readonly #reader: PatternReader;
  readonly #dialect: Dialect;

  constructor(pattern: string, dialect: Dialect) {
    this.#reader = new PatternReader(pattern);
    this.#dialect = dialect;
  }

  whole(): string {
    const { text } = this.#choice(0);
    if (this.#reader.peek() !== undefined) refuse('unmatched ")"');
    return text;
  }

  #choice(depth: number): Piece {
    if (depth > MAX_DEPTH) refuse(`groups are nested more than ${MAX_DEPTH} deep`);
    const pieces = [this.#sequence(depth)];
    while (this.#reader.take('|')) pieces.push(this.#sequence(depth));
    return join(pieces, '|', 2);
  }

  #sequence(depth: number): Piece {
    const pieces: Piece[] = [];
    for (
      let next = this.#reader.peek();
      next !== undefined && !'|)'.includes(next);
      next = this.#reader.peek()
    ) {
      const flags = this.#dialect === 're2' && next === '(' ? this.#flags() : undefined;
      pieces.push(flags ?? this.#repeated(this.#atom(depth)));
    }
    return join(pieces, '', 0);
  }

  /** `(?i)`: applies to the rest of the group. */
  #flags(): Piece | undefined {
    const [flags] = /^\(\?[imsU]*(?:-[imsU]+)?\)/.exec(this.#reader.ahead(0, 12)) ?? [];
    if (flags === undefined || flags === '(?)') return undefined;
    this.#reader.skip(flags.length);
    return { text: flags, size: 0, repeats: 1 };
  }

  #repeated(atom: Piece): Piece {
    const repeat = readRepeat(this.#reader);
    if (repeat === undefined) return atom;
    // Laziness does not change whether it matches.
    this.#reader.take('?');
    if (readRepeat(this.#reader) !== undefined) refuse('nothing to repeat: two repetitions in a row');
    const most = Math.max(1, Math.floor(MAX_REPEAT / atom.repeats));
    const { min, max } = repeat;
    const counted = Math.min(Number.isFinite(max) ? max : min, most);
    return {
      text: writeRepeat(atom.text, repeat, most),
      size: checkSize(repeatedSize(atom.size, repeat)),
      repeats: Math.max(1, counted) * atom.repeats,
    };
  }

  #atom(depth: number): Piece {
    const character = this.#reader.next('a character');
    // In their own group they can be repeated.
    if (character === '^' || character === '$') return single(`(?:${character})`);
    if (character === '.') return single(this.#dialect === 're2' ? '.' : ecmaDot);
    if (character === '(') return this.#group(depth);
    if (character === '[') return single(this.#set());
    if (character === '\\') return this.#escape();
    if ('*+?'.includes(character)) refuse(`nothing to repeat before "${character}"`);
    return single(writePoint(character.codePointAt(0) ?? 0));
  }

  #group(depth: number): Piece {
    const opening = this.#opening();
    const inner = this.#choice(depth + 1);
    if (!this.#reader.take(')')) refuse('unmatched "("');
    return { ...inner, text: `${opening}${inner.text})` };
  }

  #opening(): string {
    if (!this.#reader.take('?') || this.#reader.take(':')) return '(?:';
    const [look] = /^(?:=|!|<=|<!)/.exec(this.#reader.ahead(0, 2)) ?? [];
    if (look !== undefined)
      refuse(`only plain groups: no look-around such as "(?${look}", because ${NEVER_LINEAR}`);
    const [named] = /^P?<[A-Za-z_$][\w$]*>/.exec(this.#reader.ahead(0, 100)) ?? [];
    if (named !== undefined && (this.#dialect === 're2' || !named.startsWith('P'))) {
      this.#reader.skip(named.length);
      return '(?:';
    }
    const [flags] = /^[imsU]*(?:-[imsU]+)?:/.exec(this.#reader.ahead(0, 12)) ?? [];
    if (flags === undefined || this.#dialect === 'ecma')
      return refuse(
        `only plain groups and named ones${this.#orFlags()}: "(?${this.#reader.peek() ?? ''}" is not supported`,
      );
    this.#reader.skip(flags.length);
    return `(?${flags}`;
  }

  #orFlags(): string {
    return this.#dialect === 're2' ? ', and the flags i, m, s and U' : ', and no flags';
  }

  #escape(): Piece {
    if (this.#dialect === 're2' && this.#reader.take('Q')) return this.#quoted();
    const read = readEscape(this.#reader, this.#dialect);
    return single(read.kind === 'position' ? `(?:${read.text})` : writeEscape(read));
  }

  /** `\Q..\E`: every character is literal. */
  #quoted(): Piece {
    const pieces: Piece[] = [];
    while (this.#reader.peek() !== undefined && !this.#reader.take('\\E'))
      pieces.push(single(writePoint(this.#reader.next('"\\E"').codePointAt(0) ?? 0)));
    const { text, size } = join(pieces, '', 0);
    return { text: `(?:${text})`, size, repeats: 1 };
  }

  #set(): string {
    const isNegated = this.#reader.take('^');
    // In ECMA-262 `[]` matches nothing and `[^]` anything; in RE2 the bracket is the first member.
    if (this.#dialect === 'ecma' && this.#reader.take(']')) return isNegated ? anything : nothing;
    let members = '';
    do members += this.#posix() ?? this.#members();
    while (!this.#reader.take(']'));
    return `[${isNegated ? '^' : ''}${members}]`;
  }

  #posix(): string | undefined {
    if (this.#reader.peek() !== '[' || this.#reader.peek(1) !== ':') return undefined;
    const [whole, name = ''] = /^\[:\^?([a-z]*):\]/.exec(this.#reader.ahead(0, 12)) ?? [];
    if (this.#dialect === 'ecma' || whole === undefined || !posixNames.includes(name))
      return refuse(
        `"[:name:]" is not supported${this.#dialect === 're2' ? ` with this name; expected one of ${posixNames.join(', ')}` : ''}`,
      );
    this.#reader.skip(whole.length);
    return whole;
  }

  #members(): string {
    const start = this.#member();
    const isRange =
      this.#reader.peek() === '-' && this.#reader.peek(1) !== ']' && this.#reader.peek(1) !== undefined;
    if (!isRange) return start.kind === 'set' ? start.members : writeEscape(start);
    this.#reader.skip(1);
    const end = this.#member();
    if (start.kind !== 'point' || end.kind !== 'point')
      return refuse('a range in "[]" goes from one character to another');
    if (end.point < start.point) refuse('a range in "[]" has the larger character first');
    return writeRanges([[start.point, end.point]]);
  }

  #member(): Escape {
    const character = this.#reader.next('"]"');
    if (character !== '\\') return { kind: 'point', point: character.codePointAt(0) ?? 0 };
    // Within `[]` of ECMA-262 it is the backspace.
    if (this.#dialect === 'ecma' && this.#reader.take('b')) return { kind: 'point', point: 0x08 };
    const read = readEscape(this.#reader, this.#dialect);
    if (read.kind === 'position') refuse(`"${read.text}" is not supported within "[]"`);
    return read;
  }
}

const anything = `[${writeRanges(complement([]))}]`;
const nothing = `[^${writeRanges(complement([]))}]`;
const ecmaDot = `[^${writeRanges(ecmaLineEnds)}]`;

function single(text: string): Piece {
  return { text, size: 1, repeats: 1 };
}

/** @param each instructions of a separator */
function join(pieces: readonly Piece[], separator: string, each: number): Piece {
  const sizes = pieces.reduce((sum, { size }) => sum + size, 0);
  return {
    text: pieces.map(({ text }) => text).join(separator),
    size: checkSize(sizes + each * Math.max(0, pieces.length - 1)),
    repeats: pieces.reduce((most, { repeats }) => Math.max(most, repeats), 1),
  };
}

function repeatedSize(size: number, { min, max }: Repeat): number {
  return Number.isFinite(max) ? min * size + (max - min) * (size + 1) : min * size + size + 2;
}

function checkSize(size: number): number {
  return size < MAX_SIZE ? size : refuse('is too large: use fewer or smaller repetitions');
}
