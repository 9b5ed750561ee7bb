/** Asks all workers at once, for at most a second. */
import cluster, { type Worker } from 'node:cluster';
import { isDoneWithin } from '../../lib/with-timeout.ts';
import type { Reports, Topic } from './reporter.ts';
import { isTold, type Question } from './worker-channel.ts';

export interface Heard<Report> {
  /** By worker number. */
  readonly answers: ReadonlyMap<number, Report>;
  /** Workers that are running but did not answer in time. */
  readonly silent: number;
}

interface Asked {
  readonly answers: Map<number, unknown>;
  readonly waitingFor: Set<number>;
  readonly finish: () => void;
}

/** Milliseconds: a scrape waits ten seconds by default, and a healthy worker answers within a few milliseconds. */
const PATIENCE = 1_000;

export class WorkerPool {
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #forks = 0;

  /** @param gone called for each worker that has exited. */
  constructor(gone: (worker: number) => void) {
    cluster.on('fork', () => this.#forks++);
    cluster.on('message', (worker, message) => {
      if (isTold(message)) this.#settle(worker.id, this.#asked.get(message.id), message.report);
    });
    cluster.on('exit', (worker) => {
      for (const asked of this.#asked.values()) this.#settle(worker.id, asked, undefined);
      gone(worker.id);
    });
  }

  /** Number of workers started so far. */
  get forks(): number {
    return this.#forks;
  }

  async ask<What extends Topic>(what: What): Promise<Heard<Reports[What]>> {
    const workers = connectedWorkers();
    const answers = new Map<number, unknown>();
    const id = ++this.#lastId;
    const allAnswered = new Promise<void>((finish) => {
      this.#asked.set(id, { answers, waitingFor: new Set(workers.map((worker) => worker.id)), finish });
      const question: Question = { exhook: 'ask', id, what };
      // A worker that cannot be reached has exited, or counts as silent.
      for (const worker of workers) worker.send(question, () => {});
      if (workers.length === 0) finish();
    });
    await isDoneWithin(allAnswered, PATIENCE);
    this.#asked.delete(id);
    return { answers: answers as Map<number, Reports[What]>, silent: workers.length - answers.size };
  }

  #settle(worker: number, asked: Asked | undefined, report: unknown): void {
    if (asked === undefined || !asked.waitingFor.delete(worker)) return;
    if (report !== undefined) asked.answers.set(worker, report);
    if (asked.waitingFor.size === 0) asked.finish();
  }
}

function connectedWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter(
    (worker): worker is Worker => worker?.isConnected() === true,
  );
}
