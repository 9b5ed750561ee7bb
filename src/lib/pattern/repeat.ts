/** Reads repetitions and writes them for RE2. */
import type { PatternReader } from './pattern-reader.ts';
import { refuse } from './problem.ts';

/** A repetition from `min` to `max` times. */
export interface Repeat {
  readonly min: number;
  readonly max: number;
}

/** RE2's limit for repetitions; those of nested ones are multiplied. */
export const MAX_REPEAT = 1000;

const BRACE = '"{" begins a repetition such as {2} or {1,3}; write "\\{" for the character';

/** Returns `undefined` when no repetition follows. */
export function readRepeat(reader: PatternReader): Repeat | undefined {
  if (reader.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (reader.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (reader.take('?')) return { min: 0, max: 1 };
  return reader.take('{') ? readBraces(reader) : undefined;
}

function readBraces(reader: PatternReader): Repeat {
  const min = readNumber(reader);
  let max = min;
  if (reader.take(',')) max = reader.peek() === '}' ? Number.POSITIVE_INFINITY : readNumber(reader);
  if (!reader.take('}')) refuse(BRACE);
  if (max < min) refuse(`{${min},${max}} has the larger number first`);
  return { min, max };
}

function readNumber(reader: PatternReader): number {
  const digits = reader.takeWhile(/^\d$/, 20);
  if (digits === '') refuse(BRACE);
  if (Number(digits) > MAX_REPEAT) refuse(`repeats more than ${MAX_REPEAT} times`);
  return Number(digits);
}

/**
 * Writes the repetition of an atom. One that exceeds RE2's limit is split into a sequence that matches the
 * same texts: `(..){40}` becomes `(..){25}(..){15}`.
 *
 * @param most repetitions that RE2 accepts for this atom
 */
export function writeRepeat(atom: string, { min, max }: Repeat, most: number): string {
  const parts: string[] = [];
  let [least, rest] = [min, max];
  while (Math.max(least, Number.isFinite(rest) ? rest : 0) > most) {
    const [from, to] = [Math.min(least, most), Math.min(rest, most)];
    parts.push(`${atom}{${from},${to}}`);
    [least, rest] = [least - from, rest - to];
  }
  parts.push(`${atom}${suffix(least, rest)}`);
  return parts.join('');
}

function suffix(min: number, max: number): string {
  if (Number.isFinite(max)) return `{${min},${max}}`;
  if (min > 1) return `{${min},}`;
  return min === 0 ? '*' : '+';
}
