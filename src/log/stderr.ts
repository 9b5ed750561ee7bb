/** Where log lines go: standard error, without ever waiting for who reads it, and without ever failing. */
import type { DestinationStream } from 'pino';
import { isPipe, openOutput } from '../lib/output.ts';
import { DirectWriter } from './direct-writer.ts';

/** What a reader that has stopped may cost. Beyond it lines are dropped, and counted. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** Of this process, which has one standard error: for metrics, since the log itself cannot tell. */
export const logLines = { dropped: 0 };

/** A destination that can be asked to write what waits. */
export interface LogDestination extends DestinationStream {
  flush?(done?: () => void): void;
}

function countDropped(): void {
  logLines.dropped++;
}

/** @param summarize the line that says how many were dropped. */
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
    // There is nobody left to tell.
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
