/** Keywords for text. */
import type { Run } from '../check.ts';
import { compilePattern } from '../pattern.ts';
import type { Part, Site } from '../site.ts';

/** Cost of checking a text; some formats take quadratic time. */
const costOfCounting = (text: string): number => text.length >>> 3;
const costOfFormat = ({ length }: string): number =>
  FORMAT + (length <= MAX_SQUARED ? (length * length) >>> 10 : length >>> 3);
const FORMAT = 8;
/** A longer text is checked in linear time or not at all. */
const MAX_SQUARED = 2048;
/** Cost of compiling a pattern to validate it. */
const COMPILED = 2000;

/** The length of text is counted in Unicode characters, which take one or two UTF-16 units. */
function isLonger(text: string, most: number, run: Run): boolean {
  return text.length > 2 * most || countCharacters(text, run) > most;
}

function isShorter(text: string, least: number, run: Run): boolean {
  if (text.length < least) return true;
  return text.length < 2 * least && countCharacters(text, run) < least;
}

function countCharacters(text: string, run: Run): number {
  run.charge(costOfCounting(text));
  let count = 0;
  for (const _ of text) count++;
  return count;
}

export function maxLength(limit: number): Part {
  const message = `must NOT have more than ${limit} characters`;
  return {
    kind: 'string',
    check: (value, run) =>
      (value as string).length <= limit ||
      !isLonger(value as string, limit, run) ||
      run.fail('maxLength', message),
  };
}

export function minLength(limit: number): Part {
  const message = `must NOT have fewer than ${limit} characters`;
  return {
    kind: 'string',
    check: (value, run) => !isShorter(value as string, limit, run) || run.fail('minLength', message),
  };
}

export function pattern(source: string): Part {
  const compiled = compilePattern(source);
  const message = `must match pattern "${source}"`;
  return {
    kind: 'string',
    check: (value, run) => compiled.test(value as string) || run.fail('pattern', message),
  };
}

export function format(name: string, site: Site): Part | undefined {
  const known = site.format(name);
  if (known === undefined) return undefined;
  const message = `must match format "${name}"`;
  const { kind, test } = known;
  const compiled = name === 'regex' ? COMPILED : 0;
  return {
    kind,
    check: (value, run) => {
      run.charge(compiled + (typeof value === 'string' ? costOfFormat(value) : FORMAT));
      return test(value as never) || run.fail('format', message);
    },
  };
}
