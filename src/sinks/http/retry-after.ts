/** The header Retry-After: seconds, or a date. [RFC 9110, section 10.2.3] */

/**
 * Milliseconds to wait before the next request: 0 if the header is missing or invalid.
 *
 * @param now milliseconds since 1970.
 * @param max the longest wait, in milliseconds, whatever the service asks for.
 */
export function readRetryAfter(header: string, now: number, max: number): number {
  const text = header.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(max, Number(text) * 1000);
  // An HTTP date begins with the day of the week; Date.parse accepts far more.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.min(max, Math.max(0, date - now));
}
