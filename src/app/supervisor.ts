/** Runs several processes on one port: starts them, restarts one that dies, and forwards signals. */

import cluster, { type Worker } from 'node:cluster';
import { createTaskGiver } from '../emqx/one-worker.ts';
import { backoff } from '../lib/backoff.ts';
import { tellLevel } from '../log/format/level-signal.ts';
import type { LevelSwitch } from '../log/format/level-switch.ts';
import type { Logger } from '../log/log.ts';
import { relayNews } from '../lookup/brokers/node-channel.ts';
import type { Crashes } from './crash.ts';

export interface SupervisorOptions {
  readonly workers: number;
  readonly log: Logger;
  /** Settings of the log, which the workers share. */
  readonly levels: LevelSwitch;
  /** Milliseconds after which a worker that was told to stop is killed. */
  readonly stopTimeout: number;
  /** The supervisor's own crash handler: a crash stops the workers, as a signal does. */
  readonly crashes: Pick<Crashes, 'follow'>;
}

/** Milliseconds beyond `stopTimeout` for killed workers to exit. */
const LAST_WAIT = 1_000;

/** Delays before a dead worker is restarted, in milliseconds: the first at once, then doubling. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 10_000;
/** A worker that lived this long, in milliseconds, was healthy: its successor starts without delay. */
const WELL_AFTER = 30_000;
/**
 * Exit status of a worker with an invalid configuration: restarting would not help. Node exits a disconnecting worker
 * with 0, whatever status it has set. Once workers serve, this status does not end them: the configuration has become
 * invalid since, and may become valid again.
 */
const BAD_CONFIGURATION = 2;

/** Runs until it is stopped. @returns the exit status. */
export function supervise({
  workers,
  log,
  levels,
  stopTimeout,
  crashes,
}: SupervisorOptions): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    let status = 0;
    let deaths = 0;
    let hasServed = false;
    // A starting worker does not handle signals yet, and one would end it.
    const starting = new Map<Worker, { mustReload: boolean }>();

    const start = (): void => {
      const worker = cluster.fork();
      const since = performance.now();
      let isServing = false;
      starting.set(worker, { mustReload: false });
      worker.once('listening', () => {
        isServing = true;
        hasServed = true;
        tellLevel(worker, levels);
        if (starting.get(worker)?.mustReload) worker.process.kill('SIGHUP');
        starting.delete(worker);
      });
      worker.once('exit', (code, signal) => {
        starting.delete(worker);
        if (isStopping) return finish(statusOf(code, signal));
        const isRefused = code === BAD_CONFIGURATION || (code === 0 && !isServing);
        if (isRefused && !hasServed) return stop('SIGTERM', BAD_CONFIGURATION);
        deaths = performance.now() - since > WELL_AFTER ? 0 : deaths + 1;
        const delay = delayAfter(deaths);
        log.error({ pid: worker.process.pid, status: code, signal, delay }, 'a worker died and is restarted');
        setTimeout(() => !isStopping && start(), delay);
      });
    };

    const stop = (signal: NodeJS.Signals, because = 0): void => {
      status ||= because;
      if (isStopping) return;
      isStopping = true;
      for (const worker of livingWorkers()) worker.process.kill(signal);
      setTimeout(() => {
        for (const worker of livingWorkers()) worker.process.kill('SIGKILL');
      }, stopTimeout).unref();
      finish(0);
    };

    const finish = (code: number): void => {
      status ||= code;
      if (livingWorkers().length === 0) resolve(status);
    };

    crashes.follow((because) => stop('SIGTERM', because), stopTimeout + LAST_WAIT);
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.once('SIGINT', () => stop('SIGTERM'));
    process.on('SIGHUP', () => {
      for (const worker of livingWorkers()) {
        const start = starting.get(worker);
        if (start === undefined) worker.process.kill('SIGHUP');
        else start.mustReload = true;
      }
    });
    process.on('SIGUSR2', () => {
      levels.toggle();
      for (const worker of livingWorkers()) tellLevel(worker, levels);
    });
    const giveTask = createTaskGiver();
    cluster.on('message', (worker, message) => {
      relayNews(worker, message, livingWorkers());
      giveTask(worker, message);
    });
    for (let i = 0; i < workers; i++) start();
  });
}

/** Returns the delay before a restart, in milliseconds, after this many deaths in a row. */
export function delayAfter(deaths: number): number {
  return deaths <= 1 ? 0 : backoff(deaths - 1, { first: FIRST_DELAY, longest: LONGEST_DELAY });
}

/**
 * Returns the exit status of a worker that was told to stop. The signal may end one that was still starting: nothing is
 * lost.
 */
function statusOf(code: number | null, signal: string | null): number {
  return signal === 'SIGTERM' ? 0 : (code ?? 1);
}

function livingWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter(
    (worker) => worker !== undefined && !worker.isDead(),
  ) as Worker[];
}
