/**
 * How fast a sink takes batches that somebody waits for, and how large they may be: large where a batch is one
 * request, small where its events are written one by one, so that a batch is soon through in either case.
 */
import { AdaptiveLimit } from '../lib/admission/concurrency-limit.ts';

/** Weight of a new batch. There are few a second where it matters. */
const GAIN = 1 / 2;
const FIRST_EVENTS = 4;
/** Milliseconds that a batch may take, if the sink has been much faster with smaller ones. */
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
    // What a batch takes that is far from full says little about events: a full one may take no longer.
    const sample = (endedAt - startedAt) / (events * 2 > value ? events : value);
    const before = this.#perEvent ?? sample;
    this.#perEvent = before + (sample - before) * GAIN;
    const work = { startedAt, endedAt, outcome: 'ok', wasFull: events >= value } as const;
    for (let i = 0; i < events; i++) this.#size.ended(work);
  }
}
