/** The patterns of conditions, each compiled once. */
import { compilePattern, type Pattern } from '../../lib/pattern/pattern.ts';

/** Cached without limit: patterns come from the configuration, so they are few. */
const compiled = new Map<string, Pattern>();

/** Returns why a pattern cannot be used, or `undefined`. */
export function findPatternProblem(pattern: string): string | undefined {
  const made = compilePattern(pattern, 're2');
  return 'problem' in made ? made.problem : undefined;
}

/** Returns a pattern that was checked before. */
export function patternOf(source: string): Pattern {
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    const made = compilePattern(source, 're2');
    if ('problem' in made) throw new Error('a pattern is invalid');
    pattern = made;
    compiled.set(source, pattern);
  }
  return pattern;
}
