/**
 * Kills a process whose event loop is blocked: a supervisor or the platform then starts another.
 *
 * A separate thread watches a heartbeat in shared memory: it can act while this thread cannot. It costs about
 * 10 MB and less than 0.1 s of CPU time, after the port has opened: it does not delay the start.
 */
import * as inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../log/log.ts';
import { places, type WatcherOptions } from './shared.ts';

export interface WatchdogOptions
  extends Pick<WatcherOptions, 'limit' | 'stopWithin' | 'form' | 'googleFields'> {
  readonly log: Pick<Logger, 'warn'>;
  /** Delay before watching begins, in milliseconds: the first calls go first. */
  readonly delay: number;
}

/** Heartbeats within the time that is allowed without one. */
const BEATS = 30;
/** Longest time between two heartbeats, in milliseconds. */
const LONGEST_PERIOD = 1000;
/** Delay before a watcher that failed to start, or died, is restarted. Milliseconds. */
const RETRY = 10_000;

/** The bundler puts the program's code into a folder beside it. */
const script = new URL('../watchdog.js', import.meta.url);

export function startWatchdog({ log, delay, ...options }: WatchdogOptions): void {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const period = Math.min(LONGEST_PERIOD, options.limit / BEATS);
  keepBeating(new Int32Array(memory), period);
  const watch = (): void => startWatcher({ ...options, memory, period }, log);
  if (delay === 0) watch();
  else setTimeout(watch, delay).unref();
}

function keepBeating(memory: Int32Array, period: number): void {
  const beat = (): void => {
    Atomics.store(memory, places.isInspected, Number(inspector.url() !== undefined));
    Atomics.add(memory, places.beats, 1);
  };
  beat();
  setInterval(beat, period).unref();
}

function startWatcher(workerData: WatcherOptions, log: WatchdogOptions['log']): void {
  const again = (error: unknown): void => {
    const { code: reason } = error as NodeJS.ErrnoException;
    log.warn({ reason }, 'the watchdog is not running; it is restarted in 10 seconds');
    setTimeout(startWatcher, RETRY, workerData, log).unref();
  };
  try {
    // Pass none of this process's options: they may load code or open an inspector. For the one that is passed, see
    // signals.ts.
    const worker = new Worker(script, {
      workerData,
      execArgv: ['--expose-internals', '--no-warnings'],
      env: {},
    });
    worker.once('error', again);
    worker.unref();
  } catch (error) {
    again(error);
  }
}
