/**
 * Decides when a connection is quiet enough to be closed.
 *
 * The broker's client (gun, which does not retry) loses calls that it begins while a connection closes. Calls come in
 * bursts, such as the five of a login, so the end of the last call is the worst moment: the next call is on its way. A
 * connection must therefore have been quiet for a while. The longer such a moment is awaited, the shorter that while
 * becomes; when the patience is over, the connection closes as it is.
 */

/** How long a connection should be quiet while there is time, in milliseconds. */
const QUIET = 150;
/** Share of the patience during which the full quiet time is required. */
const STRICT = 1 / 2;

/** @param elapsed milliseconds since the connection was to be closed. @returns milliseconds. */
export function quietNeeded(elapsed: number, patience: number): number {
  const quiet = Math.min(QUIET, patience / 4);
  const strict = patience * STRICT;
  if (elapsed <= strict) return quiet;
  return Math.max(0, quiet * (1 - (elapsed - strict) / (patience - strict)));
}
