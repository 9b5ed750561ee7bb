/** What the watched thread and the watcher share. */

/** Places in the shared memory, which is an `Int32Array`. */
export const places = {
  /** Counts heartbeats; wraps around. */
  beats: 0,
  /** 1 while an inspector listens: a debugger may hold the thread for as long as it likes. */
  isInspected: 1,
} as const;

export interface WatcherOptions {
  readonly memory: SharedArrayBuffer;
  /** Milliseconds of silence after which the process is ended. */
  readonly limit: number;
  /** Milliseconds between two looks, and between two heartbeats. */
  readonly period: number;
  /** Milliseconds after SIGTERM or SIGINT in which the process must have stopped. */
  readonly stopWithin: number;
  /** How the log looks. */
  readonly form: 'json' | 'google' | 'pretty';
  /** Fields that every error has in the form `google`. */
  readonly googleFields: object;
}
