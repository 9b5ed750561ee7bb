/**
 * Runs look-ups behind a circuit breaker: while a service is left alone, callers get their answer at once.
 *
 * A service that has too much to do is not broken: while it answers some calls, those that it does not answer in
 * time open nothing, since otherwise nobody would be answered.
 */
import { CircuitBreaker, type CircuitState } from '../lib/circuit-breaker.ts';
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

export interface Breaker {
  /** @throws Failure `lookup_failed` without any work while the circuit is open; else whatever the work throws. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  readonly state: CircuitState;
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { failures = 5, openFor = 10_000, busyFor = 5000, now } = options;
  const circuit = new CircuitBreaker({ failures, openFor: () => openFor, now });
  let answeredAt = Number.NEGATIVE_INFINITY;

  function failed(error: unknown, isTrial: boolean): void {
    if (isSignOfLoad(error) && now() - answeredAt < busyFor) circuit.ended(isTrial);
    else circuit.failed(isTrial);
  }

  return {
    async run(work) {
      if (circuit.wait !== 0)
        throw new Failure('lookup_failed', 'the service failed repeatedly and is left alone for a while');
      const isTrial = circuit.enter();
      try {
        const value = await work();
        circuit.succeeded(isTrial);
        answeredAt = now();
        return value;
      } catch (error) {
        failed(error, isTrial);
        throw error;
      }
    },
    get state() {
      return circuit.state;
    },
  };
}

function isSignOfLoad(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'lookup_timeout' || error.code === 'overloaded');
}
