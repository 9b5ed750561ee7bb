/**
 * What may be promised to those who wait for their events: whether an event will be safe in time, by what batches of
 * this sink took so far.
 */
import { BatchPace } from './batch-pace.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import type { Partition } from './partition.ts';

/** The part of the time of a new event within which it must be safe by all that is known: the rest is for errors. */
const PROMISED = 1 / 2;

export class Promises {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pace: BatchPace;

  /** @param maxEvents of any batch. */
  constructor(clock: Pick<Clock, 'now'>, maxEvents: number) {
    this.#clock = clock;
    this.#pace = new BatchPace(maxEvents);
  }

  /** The most events of a batch that somebody waits for: those who come next wait for it too. */
  get maxEvents(): number {
    return this.#pace.maxEvents;
  }

  /** The batch under way in this partition was confirmed, of so many events. */
  observe({ underWaySince }: Partition, events: number): void {
    this.#pace.observe(events, underWaySince, this.#clock.now());
  }

  /** Whether a new event of this partition will be safe within so many milliseconds. */
  mayPromise(partition: Partition, patience: number): boolean {
    return this.#timeUntilSafe(partition, partition.waiting) <= patience * PROMISED;
  }

  /** Whether an event that is sent now would still be on its way when its publisher is told that it was taken back. */
  isBroken({ waiter, since }: Entry): boolean {
    if (waiter?.takesBack !== true) return false;
    return this.#clock.now() + this.#pace.timeOf(this.maxEvents) > since + waiter.patience;
  }

  /** What somebody waits for, in this partition, and cannot be safe in time any more. */
  findBroken(partition: Partition): Entry[] {
    const { oldest, waiting } = partition;
    if (oldest?.waiter !== undefined && this.#timeUntilSafe(partition, waiting) <= this.#timeLeft(oldest))
      return [];
    const broken: Entry[] = [];
    let ahead = 0;
    for (const entry of partition.entries()) {
      const isLate =
        entry.waiter !== undefined && this.#timeUntilSafe(partition, ahead) > this.#timeLeft(entry);
      if (isLate) broken.push(entry);
      if (!isLate || entry.waiter?.takesBack === false) ahead++;
    }
    return broken;
  }

  #timeLeft({ since, waiter }: Entry): number {
    return since + (waiter?.patience ?? Number.POSITIVE_INFINITY) - this.#clock.now();
  }

  /** Milliseconds until an event behind so many others is safe. */
  #timeUntilSafe({ underWay, underWaySince }: Partition, ahead: number): number {
    const expected = this.#pace.timeOf(underWay.length);
    const elapsed = underWay.length === 0 ? 0 : this.#clock.now() - underWaySince;
    // A batch that is late says that the sink has become slower, long before it ends.
    const slowdown = elapsed > expected && expected > 0 ? elapsed / expected : 1;
    const left = slowdown > 1 ? elapsed : expected - elapsed;
    return left + slowdown * this.#pace.timeOf(ahead + 1);
  }
}
