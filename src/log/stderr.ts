/** The destination of log lines: standard error. It never waits for its reader, and never fails. */
import type { DestinationStream } from 'pino';
import { isPipe, openOutput } from '../lib/output.ts';
import { DirectWriter } from './direct-writer.ts';

/** The most bytes that wait for a reader that has stopped. Beyond it lines are dropped and counted. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** Counts of this process, for metrics, since the log itself cannot report them. */
export const logLines = { dropped: 0 };

/** A destination that can flush. */
export interface LogDestination extends DestinationStream {
  flush?(done?: () => void): void;
}

function countDropped(): void {
  logLines.dropped++;
}

/** @param summarize makes the line that reports how many lines were dropped. */
export function createStderr(summarize: (dropped: number) => string, fd = 2): LogDestination {
  if (isPipe(fd)) return createPipeStream(summarize, fd);
  const writer = new DirectWriter({ fd, maxBuffered: MAX_BUFFERED, summarize, dropped: countDropped });
  return {
    write: (line) => writer.write(line),
    flush(done) {
      writer.flush();
      done?.();
    },
  };
}

function createPipeStream(summarize: (dropped: number) => string, fd: number): LogDestination {
  let dropped = 0;
  let isGone = false;
  const output = openOutput(fd, {
    drained() {
      if (dropped === 0) return;
      output.write(summarize(dropped));
      dropped = 0;
    },
    // There is no reader left.
    failed() {
      isGone = true;
    },
  });
  return {
    write(line) {
      if (!isGone && output.buffered <= MAX_BUFFERED) return void output.write(line);
      dropped++;
      countDropped();
    },
  };
}
