/** Writes text to a terminal without waiting: what it does not accept now is retried soon. */
import { writeSync } from 'node:fs';
import type { Output, OutputHandlers } from './output.ts';

/** Milliseconds. */
const RETRY_AFTER = 10;

const NOTHING = Buffer.alloc(0);

/** @param fd opened with O_NONBLOCK. @param write like `writeSync` of `node:fs`. */
export function openTerminal(
  fd: number,
  { drained, failed }: OutputHandlers,
  write: (fd: number, bytes: Buffer) => number = writeSync,
): Output {
  let waiting: Buffer = NOTHING;
  let retry: NodeJS.Timeout | undefined;
  let finish: (() => void) | undefined;

  /** Nothing is pending: everything is written or lost. */
  function settle(): void {
    waiting = NOTHING;
    finish?.();
  }

  function tryAll(): boolean {
    try {
      while (waiting.length > 0) waiting = waiting.subarray(write(fd, waiting));
    } catch (error) {
      return refused(error as NodeJS.ErrnoException);
    }
    settle();
    return true;
  }

  function refused(error: NodeJS.ErrnoException): boolean {
    if (error.code === 'EAGAIN') retry ??= setTimeout(tryAgain, RETRY_AFTER).unref();
    else {
      settle();
      failed(error, false);
    }
    return false;
  }

  function tryAgain(): void {
    retry = undefined;
    if (tryAll()) drained();
  }

  return {
    write(text) {
      const bytes = typeof text === 'string' ? Buffer.from(text) : text;
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      return retry === undefined && tryAll();
    },
    get buffered() {
      return waiting.length;
    },
    end: () =>
      new Promise((resolve) => {
        finish = resolve;
        if (waiting.length === 0) resolve();
      }),
    destroy() {
      clearTimeout(retry);
      settle();
    },
  };
}
