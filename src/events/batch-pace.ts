/**
 * Measures how fast a sink takes batches, and sizes those that publishers wait for: large where a batch is one request,
 * small where its events are written one by one, so that a batch is confirmed soon in either case.
 */
import { AdaptiveLimit } from '../lib/admission/concurrency-limit.ts';

/** Weight of a new batch in the average. Where it matters, there are few batches a second. */
const GAIN = 1 / 2;
const FIRST_EVENTS = 4;
/** Milliseconds that a batch may take, even if smaller ones were much faster. */
const TOLERABLE = 250;

export class BatchPace {
  readonly #size: AdaptiveLimit;
  #perEvent: number | undefined;

  /** @param maxEvents of any batch. */
  constructor(maxEvents: number) {
    this.#size = new AdaptiveLimit({ max: maxEvents, initial: FIRST_EVENTS, tolerable: TOLERABLE });
  }

  /** Events that a batch may hold. */
  get maxEvents(): number {
    return this.#size.value;
  }

  /** Milliseconds that so many events take; 0 before the first batch. */
  timeOf(events: number): number {
    return events * (this.#perEvent ?? 0);
  }

  /** A batch was confirmed. Times by the clock. */
  observe(events: number, startedAt: number, endedAt: number): void {
    const { value } = this.#size;
    // The time of a batch that is far from full says little about one event: a full one may take no longer.
    const sample = (endedAt - startedAt) / (events * 2 > value ? events : value);
    const before = this.#perEvent ?? sample;
    this.#perEvent = before + (sample - before) * GAIN;
    const work = { startedAt, endedAt, outcome: 'ok', wasFull: events >= value } as const;
    for (let i = 0; i < events; i++) this.#size.ended(work);
  }
}
