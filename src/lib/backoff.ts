/** Pauses before another attempt. */
export interface Backoff {
  /** Milliseconds after the first failure; twice as long after each further one. */
  readonly first: number;
  /** Milliseconds at most. Default: no limit. */
  readonly longest?: number;
}

/** Milliseconds to wait after so many failures in a row, from 1. */
export function backoff(failures: number, { first, longest = Number.POSITIVE_INFINITY }: Backoff): number {
  return Math.min(longest, first * 2 ** (failures - 1));
}

/**
 * Shortens a pause by up to a half, so that those who failed together do not try again together.
 *
 * @param random from 0 to 1.
 */
export function jitter(milliseconds: number, random: number): number {
  return milliseconds * (1 - random / 2);
}
