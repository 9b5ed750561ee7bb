/** Numbers of each second, for charts. */
import type { Verdict } from './calls.ts';

export interface Series {
  /** Milliseconds of one point. */
  readonly step: number;
  /** Oldest first, at most 900. Ask with `since` set to the last `t` for newer ones. */
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  /** Start of the second. */
  readonly t: number;
  /** By hook; hooks without calls are left out. */
  readonly calls: Readonly<Record<string, number>>;
  /** By verdict, left out when 0. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly lookups: number;
  /** Of calls; absent without calls. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
  /** Longest delay of the event loop. */
  readonly loopDelay: number;
  readonly inFlight: number;
  /** Of all sinks together. */
  readonly queued: number;
  readonly spooled: number;
}
