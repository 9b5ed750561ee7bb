/** `pattern` and `patternProperties` in linear time, whatever text a client sends. */
import { compileRegex } from '../policy/regex.ts';

/** What ajv asks of a regular expression. */
export interface PatternEngine {
  test(text: string): boolean;
  toString(): string;
}

/** ajv's `code.regExp`. @throws TypeError for what the engine cannot do in linear time, such as look-ahead. */
export function compilePattern(pattern: string): PatternEngine {
  const regex = compileRegex(pattern);
  if (typeof regex !== 'function')
    throw new TypeError(`"pattern" ${JSON.stringify(pattern)} ${regex.problem}`);
  // ajv knows an expression by its text.
  return { test: regex, toString: () => `/${pattern}/` };
}

/** For ajv's stand-alone code, which is not made here. */
compilePattern.code = 'compilePattern';
