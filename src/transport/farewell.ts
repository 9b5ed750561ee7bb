/**
 * When a connection that is to be ended is quiet enough for it.
 *
 * The client of a broker (gun, which does not retry) loses the calls that it begins while a connection ends. Calls come in
 * bursts, such as the five of a login, so that the moment when the last call ends is the worst: the next one is
 * on its way. So a connection must have been quiet for a while; the longer it takes to find such a moment, the shorter
 * a while will do, and when the patience is over it ends as it is.
 */

/** How long a connection is to be quiet, in milliseconds, while there is time. */
const QUIET = 150;
/** The part of the patience in which nothing less will do. */
const STRICT = 1 / 2;

/** @param elapsed milliseconds since the connection was told to end. @returns milliseconds. */
export function quietNeeded(elapsed: number, patience: number): number {
  const quiet = Math.min(QUIET, patience / 4);
  const strict = patience * STRICT;
  if (elapsed <= strict) return quiet;
  return Math.max(0, quiet * (1 - (elapsed - strict) / (patience - strict)));
}
