/**
 * Predicts whether an event that a publisher waits for will be safe in time, from how long batches of this sink took
 * so far.
 */
import { BatchPace } from './batch-pace.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import type { Partition } from './partition.ts';

/** A new event is accepted if it is predicted to be safe within this part of its time: the rest is for errors. */
const ACCEPTED = 1 / 2;

export class DeliveryForecast {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pace: BatchPace;

  /** @param maxEvents of any batch. */
  constructor(clock: Pick<Clock, 'now'>, maxEvents: number) {
    this.#clock = clock;
    this.#pace = new BatchPace(maxEvents);
  }

  /** The most events of a batch that a publisher waits for: publishers that come next wait for it too. */
  get maxEvents(): number {
    return this.#pace.maxEvents;
  }

  /** The batch in flight in this partition was confirmed, of so many events. */
  observe({ inFlightSince }: Partition, events: number): void {
    this.#pace.observe(events, inFlightSince, this.#clock.now());
  }

  /** Whether a new event of this partition will be safe within so many milliseconds. */
  isAcceptable(partition: Partition, patience: number): boolean {
    return this.#timeUntilSafe(partition, partition.waiting) <= patience * ACCEPTED;
  }

  /** Whether an event sent now would still be in flight when its publisher learns that it was withdrawn. */
  isTooLateToSend({ waiter, enqueuedAt }: Entry): boolean {
    if (waiter?.withdraws !== true) return false;
    return this.#clock.now() + this.#pace.timeOf(this.maxEvents) > enqueuedAt + waiter.patience;
  }

  /** The awaited entries of this partition that cannot be safe in time any more. */
  findLate(partition: Partition): Entry[] {
    const { oldest, waiting } = partition;
    if (oldest?.waiter !== undefined && this.#timeUntilSafe(partition, waiting) <= this.#timeLeft(oldest))
      return [];
    const late: Entry[] = [];
    let ahead = 0;
    for (const entry of partition.entries()) {
      const isLate =
        entry.waiter !== undefined && this.#timeUntilSafe(partition, ahead) > this.#timeLeft(entry);
      if (isLate) late.push(entry);
      if (!isLate || entry.waiter?.withdraws === false) ahead++;
    }
    return late;
  }

  #timeLeft({ enqueuedAt, waiter }: Entry): number {
    return enqueuedAt + (waiter?.patience ?? Number.POSITIVE_INFINITY) - this.#clock.now();
  }

  /** Milliseconds until an event behind so many others is safe. */
  #timeUntilSafe({ inFlight, inFlightSince }: Partition, ahead: number): number {
    const expected = this.#pace.timeOf(inFlight.length);
    const elapsed = inFlight.length === 0 ? 0 : this.#clock.now() - inFlightSince;
    // A batch that is late shows that the sink has become slower, long before it ends.
    const slowdown = elapsed > expected && expected > 0 ? elapsed / expected : 1;
    const remaining = slowdown > 1 ? elapsed : expected - elapsed;
    return remaining + slowdown * this.#pace.timeOf(ahead + 1);
  }
}
