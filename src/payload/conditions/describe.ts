/** Texts for invalid or failed conditions: places and kinds, never a value. */
import { notThere } from '../../policy/condition.ts';
import { RuleFailure } from '../../policy/messages/failure.ts';
import { TooMuchWork } from './meter.ts';

interface SyntaxLike {
  readonly location?: { readonly start?: { readonly offset?: number } };
  readonly found?: unknown;
}

/** The parser reports the position up to which it understood the text. */
export function describeSyntaxError(error: unknown, source: string): string {
  if (error instanceof RangeError) return 'nests too deeply';
  const offset = (error as SyntaxLike).location?.start?.offset;
  if (offset === undefined) return 'cannot be read as CEL';
  return `${placeOf(source, offset)}: cannot be read as CEL from here: ${excerptOf(source, offset)}`;
}

/** Line and column, from 1. */
export function placeOf(source: string, offset: number): string {
  const before = source.slice(0, offset).split('\n');
  const column = `column ${(before.at(-1) ?? '').length + 1}`;
  return source.includes('\n') ? `line ${before.length}, ${column}` : column;
}

/** Quotes the expression: the text of a configuration file is not secret. */
function excerptOf(source: string, offset: number): string {
  const rest = source.slice(offset).trim();
  if (rest === '') return 'the end of the text';
  return rest.length > 24 ? `"${rest.slice(0, 24)}..."` : `"${rest}"`;
}

/** The library's texts may quote values. These patterns map known errors to safe texts. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^found no matching overload for '([^']{1,40})' applied to '([^']{1,80})'$/, 'cannot apply $1 to $2'],
  [/^field not found/, notThere.field],
  [/^unresolved attribute/, notThere.field],
  [/^index .* out of bounds/, notThere.item],
  [/by zero|modulus/, 'divides by zero'],
  [/overflow|range/, 'a number is too large'],
  [/^type mismatch: iterable/, 'loops over something that is neither a list nor a map'],
  [/convert|parse|invalid/i, 'a value cannot be converted'],
];

export function describeFailure(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if ([error, cause].some((each) => each instanceof TooMuchWork || each instanceof RangeError))
    return 'takes too much work on this input';
  // A variable whose value is unknown.
  if (error instanceof RuleFailure) return error.message;
  const message = error instanceof Error ? error.message : '';
  for (const [pattern, text] of kinds) {
    const found = pattern.exec(message);
    if (found !== null) return text.replace('$1', found[1] ?? '').replace('$2', found[2] ?? '');
  }
  return 'failed';
}
