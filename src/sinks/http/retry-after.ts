/** The header Retry-After: seconds, or a date. [RFC 9110, section 10.2.3] */

/**
 * Milliseconds to leave the service alone: 0 when the header says nothing that can be read.
 *
 * @param now milliseconds since 1970.
 * @param max milliseconds: a service that asks for more gets so much.
 */
export function readRetryAfter(header: string, now: number, max: number): number {
  const text = header.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(max, Number(text) * 1000);
  // A date of HTTP begins with the day of the week; Date.parse reads far more.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.min(max, Math.max(0, date - now));
}
