/** Measures how long the watched thread has been silent, only while the watcher itself was running. */
export interface Silence {
  /** The heartbeats seen at the last check. */
  readonly beats: number;
  /** Milliseconds without a new heartbeat. */
  readonly lasted: number;
}

/**
 * Most milliseconds that one check may add. A late watcher was frozen or throttled, and the watched thread with it:
 * that time proves nothing.
 */
const LATE = 2;

/**
 * Returns the silence after one more check.
 *
 * @param beats heartbeats so far.
 * @param elapsed milliseconds since the last check.
 * @param period planned milliseconds between two checks.
 */
export function afterLook(before: Silence, beats: number, elapsed: number, period: number): Silence {
  if (beats !== before.beats) return { beats, lasted: 0 };
  return { beats, lasted: before.lasted + countable(elapsed, period) };
}

/** Share of the time between two checks during which the watcher is known to have run. */
export function countable(elapsed: number, period: number): number {
  return Math.min(elapsed, LATE * period);
}
