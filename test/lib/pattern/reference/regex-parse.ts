/** Reads the regular expressions of {@link compileRegex} into a tree. */

/** Code points by inclusive ranges. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly negated: boolean;
}

export type RegexNode =
  | { readonly kind: 'character'; readonly set: CharacterSet }
  | { readonly kind: 'sequence' | 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly node: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: 'start' | 'end' };

/** Thrown for a pattern that is invalid, or that a linear-time engine cannot match. */
export class RegexProblem extends Error {}

/** More repetitions than this make the automaton large. */
const MAX_REPEAT = 1000;
/** An expression for a user name does not nest deeper than this. */
const MAX_DEPTH = 50;

const digit = [[0x30, 0x39]] as const;
const word = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
] as const;
const space = [
  [0x09, 0x0d],
  [0x20, 0x20],
] as const;
const classes: Readonly<Record<string, CharacterSet['ranges']>> = { d: digit, w: word, s: space };
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** @throws RegexProblem */
export function parseRegex(pattern: string): RegexNode {
  const reader = new Reader(pattern);
  const node = reader.choice(0);
  if (reader.peek() !== undefined) throw new RegexProblem('unmatched ")"');
  return node;
}

/** Recursive descent over the pattern's code points. */
class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  choice(depth: number): RegexNode {
    if (depth > MAX_DEPTH) throw new RegexProblem(`groups are nested more than ${MAX_DEPTH} deep`);
    const nodes = [this.#sequence(depth)];
    while (this.#take('|')) nodes.push(this.#sequence(depth));
    return { kind: 'choice', nodes };
  }

  #take(wanted: string): boolean {
    if (this.peek() !== wanted) return false;
    this.#at++;
    return true;
  }

  #next(expected: string): string {
    const character = this.peek();
    if (character === undefined) throw new RegexProblem(`ends where ${expected} was expected`);
    this.#at++;
    return character;
  }

  #sequence(depth: number): RegexNode {
    const nodes: RegexNode[] = [];
    for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')'; next = this.peek()) {
      nodes.push(this.#repeated(this.#atom(depth)));
    }
    return { kind: 'sequence', nodes };
  }

  #atom(depth: number): RegexNode {
    const character = this.#next('a character');
    if (character === '^') return { kind: 'start' };
    if (character === '$') return { kind: 'end' };
    if (character === '.') return { kind: 'character', set: { ranges: [[0x0a, 0x0a]], negated: true } };
    if (character === '(') return this.#group(depth);
    if (character === '[') return { kind: 'character', set: this.#set() };
    if (character === '\\') return { kind: 'character', set: this.#escape() };
    if ('*+?'.includes(character)) throw new RegexProblem(`nothing to repeat before "${character}"`);
    return { kind: 'character', set: only(character) };
  }

  #group(depth: number): RegexNode {
    if (this.#take('?') && !this.#take(':'))
      throw new RegexProblem('only plain groups: no look-around, no flags, no names');
    const node = this.choice(depth + 1);
    if (!this.#take(')')) throw new RegexProblem('unmatched "("');
    return node;
  }

  #repeated(node: RegexNode): RegexNode {
    const [min, max] = this.#quantifier() ?? [1, 1];
    if (min === 1 && max === 1) return node;
    // Whether it prefers less makes no difference to whether it matches.
    this.#take('?');
    if (this.#quantifier() !== undefined)
      throw new RegexProblem('nothing to repeat: two repetitions in a row');
    return { kind: 'repeat', node, min, max };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    return this.peek() === '{' ? this.#braces() : undefined;
  }

  #braces(): readonly [number, number] {
    this.#at++;
    const min = this.#number();
    let max = min;
    if (this.#take(',')) max = this.peek() === '}' ? Number.POSITIVE_INFINITY : this.#number();
    if (!this.#take('}'))
      throw new RegexProblem('"{" begins a repetition such as {2} or {1,3}; write "\\{" for the character');
    if (max < min) throw new RegexProblem(`{${min},${max}} is the wrong way round`);
    return [min, max];
  }

  #number(): number {
    let digits = '';
    for (let next = this.peek(); next !== undefined && /^\d$/.test(next); next = this.peek()) {
      digits += next;
      this.#at++;
    }
    if (digits === '')
      throw new RegexProblem('"{" begins a repetition such as {2} or {1,3}; write "\\{" for the character');
    if (Number(digits) > MAX_REPEAT) throw new RegexProblem(`repeats more than ${MAX_REPEAT} times`);
    return Number(digits);
  }

  #escape(): CharacterSet {
    const character = this.#next('a character after "\\"');
    const ranges = classes[character.toLowerCase()];
    if (ranges !== undefined) return { ranges, negated: character < 'a' };
    const control = controls[character];
    if (control !== undefined) return only(control);
    if (/^[a-z0-9]$/i.test(character)) throw new RegexProblem(`"\\${character}" is not supported`);
    return only(character);
  }

  #set(): CharacterSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    do {
      if (this.peek() === '[' && this.peek(1) === ':') throw new RegexProblem('"[:name:]" is not supported');
      ranges.push(...this.#member());
    } while (!this.#take(']'));
    return { ranges, negated };
  }

  #member(): CharacterSet['ranges'] {
    const from = this.#memberSet();
    const [start, ...others] = from;
    const isRange = this.peek() === '-' && this.peek(1) !== ']' && this.peek(1) !== undefined;
    if (!isRange) return from;
    this.#at++;
    const [end, ...more] = this.#memberSet();
    if (
      start === undefined ||
      end === undefined ||
      others.length + more.length > 0 ||
      start[0] !== start[1]
    ) {
      throw new RegexProblem('a range in "[]" goes from one character to another');
    }
    if (end[0] < start[0]) throw new RegexProblem('a range in "[]" is the wrong way round');
    return [[start[0], end[0]]];
  }

  #memberSet(): CharacterSet['ranges'] {
    const character = this.#next('"]"');
    const set = character === '\\' ? this.#escape() : only(character);
    if (set.negated) throw new RegexProblem('"\\D", "\\W" and "\\S" are not supported within "[]"');
    return set.ranges;
  }
}

function only(character: string): CharacterSet {
  const point = character.codePointAt(0) ?? 0;
  return { ranges: [[point, point]], negated: false };
}
