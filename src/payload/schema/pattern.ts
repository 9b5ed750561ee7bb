/** `pattern` and `patternProperties` in linear time and bounded, whatever text a client sends. */
import { compilePattern as compile, MAX_WORK, type PatternBudget } from '../../lib/pattern/pattern.ts';
import { Undecided } from './undecided.ts';

export interface PatternEngine {
  /** @throws Undecided when the text would take too much work */
  test(text: string): boolean;
}

/** Of all texts of a payload together, some thirty milliseconds at the most; each text has its own bound as well. */
const MAX_PATTERN_WORK = 4 * MAX_WORK;

/** A check does not wait, so that there is one at a time. */
const budget: PatternBudget = { patternWork: MAX_PATTERN_WORK };

/** Units of patterns, which are smaller, to one of checks. */
const PER_UNIT = 4;

/** Before each check. @param left units that checks of the message have left */
export function resetPatternWork(left: number): void {
  budget.patternWork = Math.max(0, Math.min(MAX_PATTERN_WORK, PER_UNIT * left));
}

/** What the patterns of a check took, in units of checks, if it had so much as it could have. */
export function patternWorkOf(left: number): number {
  const given = Math.max(0, Math.min(MAX_PATTERN_WORK, PER_UNIT * left));
  return Math.ceil((given - budget.patternWork) / PER_UNIT);
}

/**
 * The pattern means what ECMA-262 says with the flag `u`.
 *
 * @throws TypeError for what the engine cannot do in linear time, such as look-ahead
 */
export function compilePattern(source: string): PatternEngine {
  const pattern = compile(source, 'ecma');
  if ('problem' in pattern) throw new TypeError(`"pattern" ${JSON.stringify(source)} ${pattern.problem}`);
  return {
    test(text) {
      const outcome = pattern.test(text, budget);
      // Neither answer will do: `not` makes one of the other.
      if (outcome === 'too-costly') throw new Undecided('a text is too long for its "pattern"');
      return outcome === 'match';
    },
  };
}
