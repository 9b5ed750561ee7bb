/** `text.matches(pattern)` in linear time: there is no pattern that a client could make run for ever. */
import { type CelFunc, CelScalar, celMethod } from '@bufbuild/cel';
import { compileRegex, type RegexTest } from '../policy/regex.ts';

const { BOOL, STRING } = CelScalar;

/** Patterns stand in the configuration, so that there are not many. */
const compiled = new Map<string, RegexTest>();

/** Why a pattern cannot be used, or `undefined` when it can. */
export function findPatternProblem(pattern: string): string | undefined {
  const test = compileRegex(pattern);
  return typeof test === 'function' ? undefined : test.problem;
}

/** As in RE2 the pattern may match anywhere in the text. */
export const textMatches: CelFunc = celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
  let test = compiled.get(pattern);
  if (test === undefined) {
    const made = compileRegex(pattern);
    if (typeof made !== 'function') throw new Error('a pattern is wrong');
    test = made;
    compiled.set(pattern, test);
  }
  return test(this);
});
