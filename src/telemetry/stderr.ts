/** Where log lines go: standard error, without ever waiting for who reads it. */
import { type DestinationStream, destination } from 'pino';
import { isPipe, openOutput } from '../sinks/output.ts';

/** What a reader that has stopped may cost. Beyond it lines are dropped, and counted. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** @param summarize the line that says how many were dropped. */
export function createStderr(summarize: (dropped: number) => string, fd = 2): DestinationStream {
  // Files take a line at once, so that none is lost when the process dies.
  return isPipe(fd) ? createPipeStream(summarize, fd) : destination({ dest: fd, sync: true });
}

function createPipeStream(summarize: (dropped: number) => string, fd: number): DestinationStream {
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
      if (isGone) return;
      if (output.buffered > MAX_BUFFERED) dropped++;
      else output.write(line);
    },
  };
}
