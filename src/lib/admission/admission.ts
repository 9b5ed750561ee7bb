/**
 * Overload control for anything that takes time: a service, a thread pool, a store.
 *
 * Work that would end too late, judged by measured durations, is never started: it is refused at once, and
 * all capacity goes to callers who still wait. See waiting-line.ts for the order.
 */
import { Failure } from '../../protocol/failure.ts';
import type { ConcurrencyLimit, WorkOutcome } from './concurrency-limit.ts';
import { ServiceTime } from './service-time.ts';
import { WaitingLine } from './waiting-line.ts';

export interface AdmissionClock {
  /** Milliseconds; only differences count. Monotonic. */
  now(): number;
  /** Calls back after this many milliseconds. Does not keep the process alive. */
  after(milliseconds: number, run: () => void): void;
}

export interface AdmissionOptions {
  readonly limit: ConcurrencyLimit;
  /** Most bytes that waiting callers may hold. Default: 16 MiB. */
  readonly maxBytes?: number;
  /** What a failure of the work says about load. Default: `busy` for `lookup_timeout` and `overloaded`. */
  readonly outcomeOf?: (error: unknown) => WorkOutcome;
  /** Default: the system clock, so deadlines are by `performance.now()`. */
  readonly clock?: AdmissionClock;
}

export interface AdmissionRequest {
  /** By the clock: when the work must have ended. Default: never. */
  readonly deadline?: number | undefined;
  /** Approximate memory that the caller holds while it waits. Default: 0. */
  readonly bytes?: number;
  /** Removes the caller from the line. Running work is not stopped. */
  readonly signal?: AbortSignal | undefined;
}

export interface Admission {
  /**
   * Runs the work when its turn comes.
   *
   * @throws Failure `overloaded` when it cannot end in time; `lookup_timeout` when the signal ends the wait;
   * else
   *   what the work throws.
   */
  run<Value>(work: () => Promise<Value>, request?: AdmissionRequest): Promise<Value>;
  readonly working: number;
  readonly waiting: number;
  /** How much may run concurrently now. */
  readonly limit: number;
  /** Whether there is more work than can be done in time. */
  readonly isOverloaded: boolean;
}

const MAX_BYTES = 16 * 2 ** 20;
/** Bytes of a waiter itself. */
const WAITER_BYTES = 1024;
/** Milliseconds between two reviews of the line. */
const REVIEW_EVERY = 100;

const systemClock: AdmissionClock = {
  now: () => performance.now(),
  after: (milliseconds, run) => void setTimeout(run, milliseconds).unref(),
};

export function createAdmission(options: AdmissionOptions): Admission {
  const { limit, maxBytes = MAX_BYTES, outcomeOf = outcomeOfFailure, clock = systemClock } = options;
  const serviceTime = new ServiceTime();
  const pace = {
    serviceTime,
    get servers() {
      return limit.value;
    },
  };
  const line = new WaitingLine(pace, maxBytes);
  let working = 0;
  let isReviewing = false;

  function reviewLater(): void {
    if (isReviewing) return;
    isReviewing = true;
    clock.after(REVIEW_EVERY, () => {
      isReviewing = false;
      line.review(clock.now());
      if (line.size > 0) reviewLater();
    });
  }

  /** Starts waiting work while there is room. */
  function admit(): void {
    while (working < limit.value) {
      const waiter = line.next(clock.now(), working === 0);
      if (waiter === undefined) return;
      waiter.start();
    }
  }

  async function begin<Value>(work: () => Promise<Value>): Promise<Value> {
    working++;
    const wasFull = working >= limit.value;
    const startedAt = clock.now();
    let outcome: WorkOutcome = 'ok';
    let isMeasured = true;
    try {
      return await work();
    } catch (error) {
      outcome = outcomeOf(error);
      isMeasured = error instanceof Failure && error.code === 'lookup_timeout';
      throw error;
    } finally {
      working--;
      const endedAt = clock.now();
      // A quick failure says nothing about the duration of successful work.
      if (isMeasured) serviceTime.observe(endedAt - startedAt);
      limit.ended({ startedAt, endedAt, outcome, wasFull });
      admit();
    }
  }

  function wait<Value>(work: () => Promise<Value>, request: AdmissionRequest): Promise<Value> {
    const { deadline = Number.POSITIVE_INFINITY, bytes = 0, signal } = request;
    return new Promise((resolve, reject) => {
      let leave: (() => void) | undefined;
      const giveUp = (): void => {
        leave?.();
        reject(timedOut());
      };
      const end = (): void => signal?.removeEventListener('abort', giveUp);
      const since = clock.now();
      const waiter = {
        since,
        deadline,
        bytes: bytes + WAITER_BYTES,
        start() {
          end();
          resolve(begin(work));
        },
        refuse() {
          end();
          reject(overloaded);
        },
      };
      leave = line.add(waiter, since);
      if (leave === undefined) return;
      signal?.addEventListener('abort', giveUp, { once: true });
      reviewLater();
    });
  }

  return {
    async run(work, request = {}) {
      const { deadline = Number.POSITIVE_INFINITY, signal } = request;
      if (signal?.aborted) throw timedOut();
      const hasRoom = working < limit.value && line.size === 0;
      // When nothing runs, only a trial tells how long work takes now.
      const mayStart = working === 0 || clock.now() + serviceTime.upper <= deadline;
      return await (hasRoom && mayStart ? begin(work) : wait(work, request));
    },
    get working() {
      return working;
    },
    get waiting() {
      return line.size;
    },
    get limit() {
      return limit.value;
    },
    get isOverloaded() {
      return line.isStorm;
    },
  };
}

function outcomeOfFailure(error: unknown): WorkOutcome {
  const isBusy = error instanceof Failure && (error.code === 'lookup_timeout' || error.code === 'overloaded');
  return isBusy ? 'busy' : 'failed';
}

/**
 * Shared: under overload most callers get it, and a new error with its stack would cost more than everything
 * else here.
 */
const overloaded = new Failure('overloaded', 'more look-ups wait than can be answered in time');

function timedOut(): Failure {
  return new Failure('lookup_timeout', 'the look-up was not started in time');
}
