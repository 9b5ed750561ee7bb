/** The thread of the watchdog: a bundle of its own, so that it loads nothing but itself. */
import { readFileSync, write } from 'node:fs';
import { constants } from 'node:os';
import { workerData } from 'node:worker_threads';
import { describeVerdict } from './line.ts';
import { type PausedThread, pauseMainThread } from './main-thread.ts';
import { places, type WatcherOptions } from './shared.ts';
import { followSignals } from './signals.ts';
import { afterLook, countable } from './silence.ts';

const options = workerData as WatcherOptions;
const { limit, period, stopWithin } = options;
const memory = new Int32Array(options.memory);

/** Milliseconds for what is best had before the end, and may never come: the stack, the line of the log. */
const PATIENCE = 1000;
/** As a shell shows a process that SIGKILL has ended. */
const KILLED = 128 + constants.signals.SIGKILL;

let silence = { beats: Atomics.load(memory, places.beats), lasted: 0 };
/** Milliseconds since the process was told to stop, or nothing. */
let stopping: number | undefined;
let last = performance.now();
let isEnding = false;

followSignals([constants.signals.SIGTERM, constants.signals.SIGINT], () => {
  stopping ??= 0;
});

setInterval(() => {
  const now = performance.now();
  const elapsed = now - last;
  last = now;
  if (isEnding) return;
  silence = afterLook(silence, Atomics.load(memory, places.beats), elapsed, period);
  if (stopping !== undefined) stopping += countable(elapsed, period);
  const reason = findReason();
  if (reason === undefined) return;
  if (isDebugged()) {
    silence = { ...silence, lasted: 0 };
    return;
  }
  isEnding = true;
  end(reason);
}, period);

function findReason(): string | undefined {
  if (silence.lasted >= limit)
    return `the event loop was blocked for ${Math.round(silence.lasted / 1000)} s (watchdog): the process is killed`;
  if (stopping !== undefined && stopping >= stopWithin)
    return 'the process has not stopped within drain.timeout: it is killed';
  return undefined;
}

/** By an inspector, or natively: `TracerPid` of proc(5) is not 0 then. */
function isDebugged(): boolean {
  if (Atomics.load(memory, places.isInspected) === 1) return true;
  try {
    return !/^TracerPid:\t0$/m.test(readFileSync('/proc/self/status', 'latin1'));
  } catch {
    return false;
  }
}

function end(message: string): void {
  let thread: PausedThread | undefined;
  let isKilled = false;
  // Standard error may be full, and the thread pool busy: the end does not wait for them.
  const kill = once(() => {
    isKilled = true;
    process.kill(process.pid, 'SIGKILL');
    // Still here: the first process of a container gets no SIGKILL from inside. The main thread ends itself, now or as
    // soon as it comes back from native code.
    setTimeout(() => thread?.exit(KILLED), PATIENCE);
  });
  const log = once(() => {
    const now = { time: new Date().toISOString(), pid: process.pid };
    const verdict = { message, silence: Math.round(silence.lasted), stack: thread?.stack };
    setTimeout(kill, PATIENCE);
    write(2, describeVerdict(verdict, options, now), kill);
  });
  setTimeout(log, PATIENCE);
  try {
    pauseMainThread((paused) => {
      thread = paused;
      if (isKilled) thread.exit(KILLED);
      log();
    });
  } catch {
    // Without a stack, then.
    log();
  }
}

function once(run: () => void): () => void {
  let hasRun = false;
  return () => {
    if (hasRun) return;
    hasRun = true;
    run();
  };
}
