/** Pauses before another attempt. */
export interface Backoff {
  /** Milliseconds after the first failure; doubled after each further one. */
  readonly first: number;
  /** Upper bound in milliseconds. Default: none. */
  readonly longest?: number;
}

/** Returns the milliseconds to wait after this many consecutive failures, from 1. */
export function backoff(failures: number, { first, longest = Number.POSITIVE_INFINITY }: Backoff): number {
  return Math.min(longest, first * 2 ** (failures - 1));
}

/**
 * Shortens a pause by up to a half: callers that failed together do not retry together.
 *
 * @param random from 0 to 1.
 */
export function jitter(milliseconds: number, random: number): number {
  return milliseconds * (1 - random / 2);
}
