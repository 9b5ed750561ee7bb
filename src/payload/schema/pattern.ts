/** `pattern` and `patternProperties` in bounded linear time, whatever text a client sends. */
import { compilePattern as compile, MAX_WORK, type PatternBudget } from '../../lib/pattern/pattern.ts';
import { Undecided } from './undecided.ts';

export interface PatternEngine {
  /** @throws Undecided if the text would take too much work */
  test(text: string): boolean;
}

/** Budget of all texts of a payload, about 30 ms at most. Each text has its own limit, too. */
const MAX_PATTERN_WORK = 4 * MAX_WORK;

/** Shared: a check is synchronous, so only one runs at a time. */
const budget: PatternBudget = { patternWork: MAX_PATTERN_WORK };

/** Pattern units, which are smaller, per check unit. */
const PER_UNIT = 4;

/** Call before each check. @param left units left for the checks of the message */
export function resetPatternWork(left: number): void {
  budget.patternWork = Math.max(0, Math.min(MAX_PATTERN_WORK, PER_UNIT * left));
}

/** Returns the work of the patterns of a check, in check units. */
export function patternWorkOf(left: number): number {
  const given = Math.max(0, Math.min(MAX_PATTERN_WORK, PER_UNIT * left));
  return Math.ceil((given - budget.patternWork) / PER_UNIT);
}

/**
 * The pattern has the meaning of ECMA-262 with the flag `u`.
 *
 * @throws TypeError for features that the engine cannot match in linear time, such as look-ahead
 */
export function compilePattern(source: string): PatternEngine {
  const pattern = compile(source, 'ecma');
  if ('problem' in pattern) throw new TypeError(`"pattern" ${JSON.stringify(source)} ${pattern.problem}`);
  return {
    test(text) {
      const outcome = pattern.test(text, budget);
      // Neither result is safe: `not` inverts it.
      if (outcome === 'too-costly') throw new Undecided('a text is too long for its "pattern"');
      return outcome === 'match';
    },
  };
}
