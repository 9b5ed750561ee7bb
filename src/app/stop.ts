/** Stops a server once, whatever the trigger, and exits the process. */

import type { Logger } from '../log/log.ts';
import type { Reloader } from './reload.ts';
import type { Serving } from './serve.ts';

/** @param status exit status; the first one other than 0 counts. */
export type Stop = (status: number) => Promise<void>;

export interface StopOptions {
  readonly serving: Serving;
  readonly reloader: Reloader;
  readonly log: Logger;
}

export function createStop({ serving, reloader, log }: StopOptions): Stop {
  let status = 0;
  let isStopping = false;
  return async (wanted) => {
    status ||= wanted;
    if (isStopping) return;
    isStopping = true;
    reloader.close();
    const isComplete = await serving.stop();
    if (!isComplete) log.warn('drain.timeout expired before everything was done');
    logStopped(serving.left, log);
    log.flush(() => process.exit(status));
  };
}

/** The last line reports the events that no sink took. */
function logStopped({ lost, spooled }: Serving['left'], log: Logger): void {
  const left = { ...(spooled > 0 && { spooled }), ...(lost > 0 && { lost }) };
  if (lost > 0)
    log.warn({ code: 'sink_failed', ...left }, 'stopped: events that no sink took in time are lost');
  else if (spooled > 0)
    log.info(left, 'stopped: events that no sink took are in the spool for the next start');
  else log.info('stopped');
}
