/** How long the watched thread has been silent, counted only while the watcher itself was running. */
export interface Silence {
  /** The heartbeats seen at the last look. */
  readonly beats: number;
  /** Milliseconds without a new heartbeat. */
  readonly lasted: number;
}

/**
 * Milliseconds that one look may add at most. A watcher that comes late was frozen or throttled, and the thread it
 * watches with it: the time between proves nothing.
 */
const LATE = 2;

/**
 * The silence after one more look.
 *
 * @param beats heartbeats so far.
 * @param elapsed milliseconds since the last look.
 * @param period milliseconds between two looks, as planned.
 */
export function afterLook(before: Silence, beats: number, elapsed: number, period: number): Silence {
  if (beats !== before.beats) return { beats, lasted: 0 };
  return { beats, lasted: before.lasted + countable(elapsed, period) };
}

/** The part of the time between two looks in which the watcher is known to have run. */
export function countable(elapsed: number, period: number): number {
  return Math.min(elapsed, LATE * period);
}
