/** Keywords for text. */
import { compilePattern } from '../pattern.ts';
import type { Part, Site } from '../site.ts';

/** The length of text is counted in characters of Unicode, which are one or two units. */
function isLonger(text: string, most: number): boolean {
  return text.length > 2 * most || countCharacters(text) > most;
}

function isShorter(text: string, least: number): boolean {
  if (text.length < least) return true;
  return text.length < 2 * least && countCharacters(text) < least;
}

function countCharacters(text: string): number {
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
      !isLonger(value as string, limit) ||
      run.fail('maxLength', message),
  };
}

export function minLength(limit: number): Part {
  const message = `must NOT have fewer than ${limit} characters`;
  return {
    kind: 'string',
    check: (value, run) => !isShorter(value as string, limit) || run.fail('minLength', message),
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
  return { kind, check: (value, run) => test(value as never) || run.fail('format', message) };
}
