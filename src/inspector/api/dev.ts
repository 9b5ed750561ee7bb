/** For `exhook dev` only: replay, recordings, save. */
import type { Verdict } from './calls.ts';

export interface ReplayRequest {
  readonly seq: number;
  /** Of logins: none is kept. */
  readonly password?: string;
}

export interface Replayed {
  /** Of the new call. */
  readonly seq: number;
  readonly verdict: Verdict;
  readonly status: number;
}

export interface Recordings {
  readonly recordings: readonly RecordingRow[];
}

export interface RecordingRow {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly startedAt: number;
  readonly calls: number;
  readonly bytes: number;
  /** Calls that found no room: a recording holds 64 MiB at most. */
  readonly lost: number;
}

export interface SaveRequest {
  readonly yaml: string;
  /** Of `/api/config`: the file must not have changed since. */
  readonly tag: string;
}

export interface Saved {
  readonly file: string;
  readonly tag: string;
}
