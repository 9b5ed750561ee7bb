/**
 * JSON whose numbers name somebody: an id of an account, a serial number. `JSON.parse` rounds what a double cannot hold,
 * and 9007199254740993 becomes its neighbour, another account. Here such a number is its digits, as text.
 */

/** Enough digits in a row, or an exponent: else every number is exact. It may be right about a text in vain. */
const maybeInexact = /\d[\d.]{14}\d|\d[eE][+-]?\d/;

/** A text, or a number. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * What the text says; a number that a double does not hold exactly is a text with its digits as they were written.
 *
 * @param value what `JSON.parse` makes of the text: itself the result when all of its numbers are exact. Default: it is
 *   parsed here.
 * @throws SyntaxError when it is not JSON.
 */
export function parseExactJson(text: string, value: unknown = JSON.parse(text)): unknown {
  if (!maybeInexact.test(text)) return value;
  const exact = text.replace(token, (found) =>
    found.startsWith('"') || isExact(found) ? found : `"${found}"`,
  );
  return exact === text ? value : JSON.parse(exact);
}

/** Whether a number of JSON and the double that it is read as are the same number; other spellings count as exact. */
export function isExact(written: string): boolean {
  const value = Number(written);
  return (
    Number.isFinite(value) && (String(value) === written || canonical(String(value)) === canonical(written))
  );
}

/** One text for each number: its digits without zeros at either end, and where the point stands. */
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

/** Whether the digits of a number may be others than those that were written: what is left of one that was rounded. */
export function isRounded(value: unknown): boolean {
  if (typeof value !== 'number') return false;
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}
