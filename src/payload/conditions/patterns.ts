/** The patterns of conditions, each compiled once. */
import { compilePattern, type Pattern } from '../../lib/pattern/pattern.ts';

/** Patterns stand in the configuration, so that there are not many. */
const compiled = new Map<string, Pattern>();

/** Why a pattern cannot be used, or `undefined` when it can. */
export function findPatternProblem(pattern: string): string | undefined {
  const made = compilePattern(pattern, 're2');
  return 'problem' in made ? made.problem : undefined;
}

/** A pattern that was checked. */
export function patternOf(source: string): Pattern {
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    const made = compilePattern(source, 're2');
    if ('problem' in made) throw new Error('a pattern is wrong');
    pattern = made;
    compiled.set(source, pattern);
  }
  return pattern;
}
