/**
 * Spans that never break a call. The SDK is the user's, with its samplers, processors and context managers: whatever they
 * throw is logged, and the work continues without a span.
 */
import { type Context, context, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import type { Logger } from '../../log/log.ts';
import { createRateLimit } from '../../log/rate-limit.ts';
import { RunningSpan } from './running-span.ts';

/** Called with what an SDK has thrown. */
export type Complain = (error: unknown) => void;

export class Spans {
  readonly #tracer: Tracer;
  readonly #complain: Complain;

  constructor(tracer: Tracer, complain: Complain) {
    this.#tracer = tracer;
    this.#complain = complain;
  }

  /** @returns nothing if the SDK failed. */
  start(name: string, options: SpanOptions, parent: Context): RunningSpan | undefined {
    return this.attempt(() => {
      const span = this.#tracer.startSpan(name, options, parent);
      return new RunningSpan(span, trace.setSpan(parent, span), this.#complain);
    });
  }

  /** Runs work in a context that is active in it and in everything it starts. Throws what the work throws. */
  within<T>(active: Context, work: () => T): T {
    let isBegun = false;
    let done: { readonly value: T } | undefined;
    try {
      context.with(active, () => {
        isBegun = true;
        done = { value: work() };
      });
    } catch (error) {
      if (isBegun && done === undefined) throw error;
      this.#complain(error);
    }
    return done === undefined ? work() : (done as { readonly value: T }).value;
  }

  /** @returns nothing if the SDK failed. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#complain(error);
      return undefined;
    }
  }
}

/** At most one line a second. */
export function createComplaint(log: Pick<Logger, 'warn'>): Complain {
  const rateLimit = createRateLimit({ perSecond: 1 });
  return (err) =>
    rateLimit('tracing', (times) =>
      log.warn({ err, times }, 'the SDK of OpenTelemetry failed: spans are missing, calls are not affected'),
    );
}
