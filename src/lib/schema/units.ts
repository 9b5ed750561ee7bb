/** Reads sizes and durations as people write them. A plain number is bytes, or milliseconds. */
import * as z from 'zod';
import { MAX_TIMER_DELAY } from '../timer.ts';
import { expects } from './builders.ts';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** As SI and IEC define them: `MB` is a million bytes, `MiB` is 1024 * 1024. */
const bytes = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

export const durationPattern = /^(\d{1,12}(?:\.\d{1,6})?) ?(ms|s|m|h|d)$/;
export const sizePattern = /^(\d{1,16}(?:\.\d{1,6})?) ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$/;

function scale(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit] = pattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  return factor === undefined ? undefined : Math.round(Number(amount) * factor);
}

/** Returns milliseconds, or `undefined` when the text is not a duration. */
export function readDuration(text: string): number | undefined {
  return scale(text, durationPattern, milliseconds);
}

/** Returns bytes, or `undefined` when the text is not a size. */
export function readSize(text: string): number | undefined {
  return scale(text, sizePattern, bytes);
}

type Message = ReturnType<typeof expects>;

interface Range {
  readonly min: number;
  readonly max: number;
  /** Its text in messages: `from 1KiB to 1GiB`. */
  readonly reads: string;
}

const durations: Range = { min: 0, max: MAX_TIMER_DELAY, reads: 'up to 24d' };

/** Longer than zero. */
export const POSITIVE: Range = { min: 1, max: MAX_TIMER_DELAY, reads: 'from 1ms to 24d' };

/** @param range in milliseconds. */
export function duration(
  range: Range = durations,
  error: Message = expects('a duration', `a number with its unit ${range.reads}, such as 10s or 250ms`),
) {
  return quantity(durationPattern, readDuration, range, error);
}

/** @param range in bytes. */
export function size(range: Range) {
  const error = expects('a size', `a number with its unit ${range.reads}, such as 512KiB or 16MiB`);
  return quantity(sizePattern, readSize, range, error);
}

function quantity(
  pattern: RegExp,
  read: (text: string) => number | undefined,
  { min, max }: Range,
  error: Message,
) {
  const number = z.int({ error }).min(min, { error }).max(max, { error });
  const written = z.string({ error }).regex(pattern, { error });
  return z
    .union([number, written], { error })
    .transform((value) => (typeof value === 'number' ? value : (read(value) ?? Number.NaN)))
    .pipe(number);
}
