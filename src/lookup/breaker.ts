/**
 * A circuit breaker: a service that failed several times in a row is left alone for a while, so that callers
 * get their answer at once and the service can recover. Then one call tries it.
 *
 * A service that has too much to do is not broken: while it answers some calls, those that it does not answer in
 * time open nothing, since otherwise nobody would be answered.
 */
import { Failure } from '../protocol/failure.ts';

export interface BreakerOptions {
  /** Failures in a row that open the circuit. Default: 5. */
  readonly failures?: number;
  /** How long it stays open, in milliseconds. Default: 10,000. */
  readonly openFor?: number;
  /**
   * For so many milliseconds after an answer, `lookup_timeout` and `overloaded` count as signs of load and not as
   * failures. Default: 5,000.
   */
  readonly busyFor?: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface Breaker {
  /** @throws Failure `lookup_failed` without any work while the circuit is open; else whatever the work throws. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  readonly state: BreakerState;
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { failures: limit = 5, openFor = 10_000, busyFor = 5000, now } = options;
  let failures = 0;
  let openedAt = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let isTrying = false;

  function stateNow(): BreakerState {
    if (failures < limit) return 'closed';
    return now() - openedAt < openFor ? 'open' : 'half-open';
  }

  /** @returns whether this call is the one that tries the service. */
  function enter(): boolean {
    const state = stateNow();
    if (state === 'open' || (state === 'half-open' && isTrying)) {
      throw new Failure('lookup_failed', 'the service failed repeatedly and is left alone for a while');
    }
    if (state === 'closed') return false;
    isTrying = true;
    return true;
  }

  function failed(error: unknown, isTrial: boolean): void {
    if (isSignOfLoad(error) && now() - answeredAt < busyFor) return;
    failures++;
    // What was under way when the circuit opened says nothing new.
    if (isTrial || failures === limit) openedAt = now();
  }

  return {
    async run(work) {
      const isTrial = enter();
      try {
        const value = await work();
        failures = 0;
        answeredAt = now();
        return value;
      } catch (error) {
        failed(error, isTrial);
        throw error;
      } finally {
        if (isTrial) isTrying = false;
      }
    },
    get state() {
      return stateNow();
    },
  };
}

function isSignOfLoad(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'lookup_timeout' || error.code === 'overloaded');
}
