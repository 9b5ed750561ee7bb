/** The watchdog thread: a bundle of its own, which loads nothing else. */
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

/** Milliseconds to wait for what may never arrive: the stack, the log line. */
const PATIENCE = 1000;
/** The status that shells show for a process killed by SIGKILL. */
const KILLED = 128 + constants.signals.SIGKILL;

let silence = { beats: Atomics.load(memory, places.beats), lasted: 0 };
/** Milliseconds since the process was told to stop; undefined before. */
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
    return `the event loop was blocked for ${Math.round(silence.lasted / 1000)} s (watchdog): killing the process`;
  if (stopping !== undefined && stopping >= stopWithin)
    return 'the process did not stop within drain.timeout: killing it';
  return undefined;
}

/** Whether a debugger is attached: an inspector, or natively, where `TracerPid` of proc(5) is not 0. */
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
  // Do not wait for them: standard error may be full, and the thread pool busy.
  const kill = once(() => {
    isKilled = true;
    process.kill(process.pid, 'SIGKILL');
    // Still running: the first process of a container cannot be killed by SIGKILL from inside. Make the main thread
    // exit, now or when it returns from native code.
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
    // Proceed without a stack.
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
