/** Stops a server once, whoever asks for it, and ends the process. */

import type { Logger } from '../log/log.ts';
import type { Reloader } from './reload.ts';
import type { Serving } from './serve.ts';

/** @param status of the process; the first that is not 0 counts. */
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
    if (!isComplete) log.warn('drain.timeout ended before everything was done');
    logStopped(serving.left, log);
    log.flush(() => process.exit(status));
  };
}

/** The last line says what became of events that no sink has taken. */
function logStopped({ lost, spooled }: Serving['left'], log: Logger): void {
  const left = { ...(spooled > 0 && { spooled }), ...(lost > 0 && { lost }) };
  if (lost > 0)
    log.warn({ code: 'sink_failed', ...left }, 'stopped: events that no sink took in time are lost');
  else if (spooled > 0)
    log.info(left, 'stopped: events that no sink took are in the spool for the next start');
  else log.info('stopped');
}
