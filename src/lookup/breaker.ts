/**
 * Runs look-ups behind a circuit breaker: while the circuit is open, callers get their answer at once.
 *
 * An overloaded service is not a broken one: while it answers some calls, timeouts of others do not open the
 * circuit. Otherwise nobody would get an answer.
 */
import { CircuitBreaker, type CircuitState } from '../lib/circuit-breaker.ts';
import { Failure } from '../protocol/failure.ts';

export interface BreakerOptions {
  /** Consecutive failures that open the circuit. Default: 5. */
  readonly failures?: number;
  /** How long the circuit stays open, in milliseconds. Default: 10,000. */
  readonly openFor?: number;
  /**
   * For this many milliseconds after an answer, `lookup_timeout` and `overloaded` count as signs of load, not
   * as failures. Default: 5,000.
   */
  readonly busyFor?: number;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

export interface Breaker {
  /**
   * Runs the work. @throws Failure `lookup_failed` without running it while the circuit is open; else what
   * the work throws.
   */
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
        throw new Failure('lookup_failed', 'the service failed repeatedly and is not called for a while');
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
