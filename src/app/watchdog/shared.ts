/** What the watched thread and the watcher share. */

/** Indexes in the shared memory, an `Int32Array`. */
export const places = {
  /** Counts heartbeats; wraps around. */
  beats: 0,
  /** 1 while an inspector listens: a debugger may pause the thread for as long as it likes. */
  isInspected: 1,
} as const;

export interface WatcherOptions {
  readonly memory: SharedArrayBuffer;
  /** Milliseconds of silence after which the process is killed. */
  readonly limit: number;
  /** Milliseconds between two checks, and between two heartbeats. */
  readonly period: number;
  /** Milliseconds after SIGTERM or SIGINT within which the process must exit. */
  readonly stopWithin: number;
  /** Format of the log. */
  readonly form: 'json' | 'google' | 'pretty';
  /** Fields that every error has in the format `google`. */
  readonly googleFields: object;
}
