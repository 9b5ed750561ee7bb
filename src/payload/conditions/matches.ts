/** `text.matches(pattern)` in bounded linear time: no text makes a pattern run for long. */
import { type CelFunc, CelScalar, celMethod } from '@bufbuild/cel';
import { TooMuchWork } from './meter.ts';
import { patternOf } from './patterns.ts';

const { BOOL, STRING } = CelScalar;

/** As in RE2, the pattern may match anywhere in the text. */
export const textMatches: CelFunc = celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
  const outcome = patternOf(pattern).test(this);
  if (outcome === 'too-costly') throw new TooMuchWork();
  return outcome === 'match';
});
