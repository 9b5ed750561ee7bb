/**
 * A circuit breaker: a service that failed several times in a row is left alone for a while, so that callers
 * get their answer at once and the service can recover. Then one call tries it.
 */
import { Failure } from '../failure.ts';

export interface BreakerOptions {
  /** Failures in a row that open the circuit. Default: 5. */
  readonly failures?: number;
  /** How long it stays open, in milliseconds. Default: 10,000. */
  readonly openFor?: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  /** @throws Failure `lookup_failed` without any work while the circuit is open; else whatever the work throws. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  readonly state: BreakerState;
}

export function createBreaker({ failures: limit = 5, openFor = 10_000, now }: BreakerOptions): Breaker {
  let failures = 0;
  let openedAt = 0;
  let isTrying = false;

  function stateNow(): BreakerState {
    if (failures < limit) return 'closed';
    return now() - openedAt < openFor ? 'open' : 'half-open';
  }

  function enter(): void {
    const state = stateNow();
    if (state === 'open' || (state === 'half-open' && isTrying)) {
      throw new Failure('lookup_failed', 'the service failed repeatedly and is left alone for a while');
    }
    isTrying = state === 'half-open';
  }

  return {
    async run(work) {
      enter();
      try {
        const value = await work();
        failures = 0;
        return value;
      } catch (error) {
        failures++;
        if (failures >= limit) openedAt = now();
        throw error;
      } finally {
        isTrying = false;
      }
    },
    get state() {
      return stateNow();
    },
  };
}
