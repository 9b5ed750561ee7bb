/** Numbers and times as they are shown. */

const pad = (value: number, digits: number) => String(value).padStart(digits, '0');

/** Time of day with milliseconds, in the reader's zone. @param at milliseconds since 1970 */
export function clock(at: number): string {
  const date = new Date(at);
  const seconds = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part, 2));
  return `${seconds.join(':')}.${pad(date.getMilliseconds(), 3)}`;
}

/** Date and time of day with milliseconds. */
export function dateAndClock(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)} ${clock(at)}`;
}

/** Three figures at most below a second: `0.04`, `1.7`, `213`, `1,204`. */
export function milliseconds(value: number): string {
  if (value < 1) return value.toFixed(2);
  if (value < 10) return value.toFixed(1);
  return Math.round(value).toLocaleString('en');
}

const units = ['B', 'KiB', 'MiB', 'GiB'];

export function bytes(value: number): string {
  let unit = 0;
  let left = value;
  for (; left >= 1024 && unit < units.length - 1; unit++) left /= 1024;
  return `${unit === 0 || left >= 100 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}

export const count = (value: number): string => value.toLocaleString('en');

/** `1 call`, `2 calls`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** `12 s`, `4 min`, `3 h`, `5 d`: how long ago or how long. @param ms milliseconds */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
