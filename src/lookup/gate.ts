/**
 * Lets a limited number of look-ups work at once and queues a limited number behind them: the thread pool
 * that hashes passwords has few threads, and a login that waits past its deadline is work for nobody.
 */
import { Failure } from '../failure.ts';

export interface GateOptions {
  /** How many may work at once. */
  readonly concurrency: number;
  /** How many may wait; the next one fails with `overloaded` at once. */
  readonly maxWaiting: number;
}

export interface Gate {
  /**
   * Runs the work when there is room.
   *
   * @throws Failure `overloaded` when too many wait, `lookup_timeout` when the signal ends the wait.
   */
  run<Value>(work: () => Promise<Value>, signal?: AbortSignal): Promise<Value>;
  readonly working: number;
  readonly waiting: number;
}

export function createGate({ concurrency, maxWaiting }: GateOptions): Gate {
  let working = 0;
  // A set keeps the order of arrival and forgets an aborted waiter in constant time.
  const waiting = new Set<() => void>();

  function leave(): void {
    working--;
    const [next] = waiting;
    if (next !== undefined) next();
  }

  function enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    if (signal?.aborted) throw timedOut();
    if (working < concurrency) {
      working++;
      return undefined;
    }
    if (waiting.size >= maxWaiting) throw new Failure('overloaded', 'too many look-ups are waiting');
    return wait(signal);
  }

  function wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const admit = () => {
        waiting.delete(admit);
        signal?.removeEventListener('abort', giveUp);
        working++;
        resolve();
      };
      const giveUp = () => {
        waiting.delete(admit);
        reject(timedOut());
      };
      waiting.add(admit);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    async run(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    get working() {
      return working;
    },
    get waiting() {
      return waiting.size;
    },
  };
}

function timedOut(): Failure {
  return new Failure('lookup_timeout', 'the look-up was not started in time');
}
