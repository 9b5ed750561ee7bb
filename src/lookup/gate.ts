/**
 * Lets a limited number of look-ups work at once and queues a limited number behind them: the thread pool
 * that hashes passwords has few threads, and a login that waits past its deadline is work for nobody.
 */
import { Failure } from '../failure.ts';
import { LinkedList } from '../linked-list.ts';

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
  const waiting = new LinkedList<() => void>();

  function leave(): void {
    working--;
    waiting.first?.item();
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
        place.remove();
        signal?.removeEventListener('abort', giveUp);
        working++;
        resolve();
      };
      const giveUp = () => {
        place.remove();
        reject(timedOut());
      };
      const place = waiting.add(admit);
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
