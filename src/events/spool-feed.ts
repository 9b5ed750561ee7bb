/**
 * Feeds a pipeline from its sink's log in the spool. What is appended is on disk before anybody is told, and goes to
 * the sink from memory as long as the sink keeps up. When it does not, the rest stays on disk and is read in order as
 * room comes free: memory is a window over the log. What a dead process left behind is read the same way.
 */
import type { Delivery } from '../sinks/delivery.ts';
import type { Clock } from './clock.ts';
import { sizeOf } from './estimate.ts';
import type { SinkWatch } from './event-watch.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { Position, SinkLog, SpoolEntry } from './spool/spool.ts';

export interface SpoolFeedOptions {
  readonly sinkLog: SinkLog;
  readonly clock: Pick<Clock, 'after'>;
  /** Called when the spool could not be read or written: only logs. */
  readonly failed: (error: unknown) => void;
  /** Told of what is on disk. Default: nobody is. */
  readonly watch?: Pick<SinkWatch, 'spooled'> | undefined;
}

/** Where the feed goes. */
export interface FeedTarget {
  readonly queue: { readonly memory: Pick<MemoryBudget, 'room'> };
  pushSpooled(entries: readonly SpoolEntry[]): void;
}

/** Milliseconds until a spool that could not be read is read again. */
const RETRY_AFTER = 1000;

export class SpoolFeed {
  readonly #options: SpoolFeedOptions;
  readonly #target: FeedTarget;
  /** Whether the disk may hold what is not in memory. At the start it does, from an earlier process. */
  #isBehind = true;
  #isReading = false;
  /** Appends in progress whose deliveries are read back from disk. */
  #appending = 0;
  /** What appends in progress will push into the window. */
  #reserved = { events: 0, bytes: 0 };
  #isEnded = false;

  constructor(options: SpoolFeedOptions, target: FeedTarget) {
    this.#options = options;
    this.#target = target;
    options.sinkLog.onAvailable(() => {
      this.#isBehind = true;
      this.pull();
    });
  }

  /** Entries on disk. */
  get size(): number {
    return this.#options.sinkLog.size;
  }

  get bytes(): number {
    return this.#options.sinkLog.bytes;
  }

  /**
   * Resolves when the delivery outlives this process, or is not wanted any more.
   *
   * @param isWanted whether nobody was told yet that it is not stored.
   * @throws Failure `sink_full` or `sink_failed`.
   */
  async append(delivery: Delivery, isWanted: () => boolean = () => true): Promise<void> {
    const bytes = sizeOf(delivery);
    if (this.#fits(bytes)) await this.#appendAndPush(delivery, bytes, isWanted);
    else await this.#appendOnly(delivery, isWanted);
  }

  /** Takes delivered entries off the disk. Never rejects: what stays is delivered again after a restart. */
  confirm(positions: readonly Position[]): void {
    this.#options.sinkLog
      .confirm(positions)
      .catch(this.#options.failed)
      .finally(() => this.pull());
  }

  /** Stores deliveries for the next process, at the end of this one. @throws Failure */
  async keep(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length > 0) await this.#options.sinkLog.append(deliveries, { claim: false });
  }

  /** Reads nothing any more, and releases what was read. */
  async end(positions: readonly Position[]): Promise<void> {
    this.#isEnded = true;
    await this.#options.sinkLog.release(positions).catch(this.#options.failed);
  }

  /** Reads more into the window, if there is room and anything to read. */
  pull(): void {
    const { events, bytes } = this.#target.queue.memory.room;
    if (!this.#isBehind || this.#isReading || this.#isEnded || events < 1 || bytes < 1) return;
    this.#isReading = true;
    this.#read(events, bytes).finally(() => {
      this.#isReading = false;
    });
  }

  #fits(bytes: number): boolean {
    if (this.#isBehind || this.#isEnded) return false;
    const { room } = this.#target.queue.memory;
    return this.#reserved.events < room.events && this.#reserved.bytes + bytes <= room.bytes;
  }

  async #appendAndPush(delivery: Delivery, bytes: number, isWanted: () => boolean): Promise<void> {
    this.#reserved.events++;
    this.#reserved.bytes += bytes;
    try {
      const [position] = await this.#options.sinkLog.append([delivery], { isWanted });
      this.#options.watch?.spooled(delivery);
      if (position !== undefined) this.#target.pushSpooled([{ delivery, position }]);
    } finally {
      this.#reserved.events--;
      this.#reserved.bytes -= bytes;
    }
  }

  async #appendOnly(delivery: Delivery, isWanted: () => boolean): Promise<void> {
    this.#isBehind = true;
    this.#appending++;
    try {
      await this.#options.sinkLog.append([delivery], { claim: false, isWanted });
      this.#options.watch?.spooled(delivery);
    } finally {
      this.#appending--;
      this.pull();
    }
  }

  async #read(events: number, bytes: number): Promise<void> {
    try {
      const entries = await this.#options.sinkLog.claimNext(events, bytes);
      this.#target.pushSpooled(entries);
      // What is left may belong to another process; `onAvailable` tells when that changes.
      if (entries.length === 0 && this.#appending === 0) this.#isBehind = false;
      else this.#pullAgain();
    } catch (error) {
      this.#options.failed(error);
      this.#options.clock.after(RETRY_AFTER, () => this.pull());
    }
  }

  #pullAgain(): void {
    if (this.#appending === 0) this.#options.clock.after(0, () => this.pull());
  }
}
