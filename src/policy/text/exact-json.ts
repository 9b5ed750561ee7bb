/**
 * Parses JSON whose numbers are identifiers, such as an account id. `JSON.parse` rounds numbers that a double cannot
 * represent: 9007199254740993 becomes another account. Here such a number becomes a text with its digits.
 */

/** Finds long runs of digits or an exponent; without them every number is exact. False positives are harmless. */
const maybeInexact = /\d[\d.]{14}\d|\d[eE][+-]?\d/;

/** A text, or a number. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Parses a text. A number that a double cannot represent exactly becomes a text with its digits as written.
 *
 * @param value the result of `JSON.parse`; returned as is if all numbers are exact. Default: parses the text.
 * @throws SyntaxError if it is not JSON.
 */
export function parseExactJson(text: string, value: unknown = JSON.parse(text)): unknown {
  if (!maybeInexact.test(text)) return value;
  const exact = text.replace(token, (found) =>
    found.startsWith('"') || isExact(found) ? found : `"${found}"`,
  );
  return exact === text ? value : JSON.parse(exact);
}

/** Reports whether a double represents a JSON number exactly; the spelling does not matter. */
export function isExact(written: string): boolean {
  const value = Number(written);
  return (
    Number.isFinite(value) && (String(value) === written || canonical(String(value)) === canonical(written))
  );
}

/** Normalizes a number: digits without zeros at either end, and the position of the point. */
function canonical(number: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`;
  const first = digits.search(/[1-9]/);
  if (first === -1) return '0';
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return `${sign}${digits.slice(first, end)}e${Number(exponent) + whole.length - first}`;
}

/** Reports whether a number may be the result of rounding. */
export function isRounded(value: unknown): boolean {
  if (typeof value !== 'number') return false;
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}
