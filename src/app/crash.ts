/**
 * Handles uncaught errors and unhandled rejections, also from hook modules. The process may be in any state, so it
 * drains in time and exits with its own status; a supervisor starts another.
 */
import { writeError } from '../lib/write-error.ts';
import { describeError } from '../log/format/error-fields.ts';
import { scrub } from '../log/format/scrub.ts';
import type { Logger } from '../log/log.ts';
import { createRateLimit } from '../log/rate-limit.ts';

/** EX_SOFTWARE of sysexits(3). */
export const CRASHED = 70;

export interface Crashes {
  /** From now on, logs crashes; before, they are written as text. */
  logTo(log: Pick<Logger, 'fatal' | 'flush'>): void;
  /**
   * From now on, drains after a crash; before, the process exits at once.
   *
   * @param stop drains, and exits with the given status.
   * @param timeout milliseconds after which the process exits in any case.
   */
  follow(stop: (status: number) => void, timeout: number): void;
}

const UNCAUGHT = 'uncaught error';
const UNHANDLED = 'unhandled promise rejection';

export function heedCrashes(): Crashes {
  // A broken timer may throw repeatedly while the server drains.
  const limit = createRateLimit({ perSecond: 5 });
  let log: Pick<Logger, 'fatal' | 'flush'> | undefined;
  let drain: { readonly stop: (status: number) => void; readonly timeout: number } | undefined;
  let hasCrashed = false;

  function report(thrown: unknown, what: string): void {
    const text = `${what}: ${drain === undefined ? 'the start is aborted' : 'the server drains and exits'} with status ${CRASHED}`;
    if (log === undefined) writeError(`${text}\n${describe(thrown)}`);
    else limit(what, (times) => log?.fatal({ err: thrown, times }, text));
  }

  function crash(thrown: unknown, what: string): void {
    report(thrown, what);
    if (hasCrashed) return;
    hasCrashed = true;
    if (drain === undefined) exit();
    else {
      setTimeout(exit, drain.timeout);
      drain.stop(CRASHED);
    }
  }

  function exit(): void {
    if (log === undefined) process.exit(CRASHED);
    log.flush(() => process.exit(CRASHED));
  }

  process.on('uncaughtException', (error) => crash(error, UNCAUGHT));
  process.on('unhandledRejection', (reason) => crash(reason, UNHANDLED));
  return {
    logTo(given) {
      log = given;
    },
    follow(stop, timeout) {
      drain = { stop, timeout };
    },
  };
}

function describe(thrown: unknown): string {
  const { type, stack = type } = describeError(thrown);
  return scrub(stack);
}
