/**
 * Between a lane and its spool. What is appended is on disk before anybody is told, and goes to the sink from
 * memory as long as the lane keeps up. When it does not, the rest stays on disk and is read in order, as room
 * comes free: memory is a window over the spool. What a dead process left behind is read the same way.
 */
import type { Delivery } from '../sinks/delivery.ts';
import type { Position, SpoolLane } from '../spool/spool.ts';
import type { Clock } from './clock.ts';
import { sizeOf } from './estimate.ts';
import type { SinkQueue } from './sink-queue.ts';

export interface SpoolFeedOptions {
  readonly spool: SpoolLane;
  readonly clock: Pick<Clock, 'after'>;
  /** The spool could not be read or written: only logs. */
  readonly failed: (error: unknown) => void;
}

/** Milliseconds until a spool that could not be read is read again. */
const RETRY_AFTER = 1000;

export class SpoolFeed {
  readonly #options: SpoolFeedOptions;
  #lane: Pick<SinkQueue, 'room' | 'pushSpooled'> | undefined;
  /** Whether the disk may hold what is not in memory. It does at the start, by an earlier process. */
  #isBehind = true;
  #isReading = false;
  /** Appends under way that go through the disk. */
  #appending = 0;
  /** What appends under way will put into the window. */
  #reserved = { events: 0, bytes: 0 };
  #isEnded = false;

  constructor(options: SpoolFeedOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.spool.size;
  }

  get bytes(): number {
    return this.#options.spool.bytes;
  }

  /** Begins to read for this lane. */
  start(lane: Pick<SinkQueue, 'room' | 'pushSpooled'>): void {
    this.#lane = lane;
    this.#options.spool.onAvailable(() => {
      this.#isBehind = true;
      this.pull();
    });
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
    this.#options.spool
      .confirm(positions)
      .catch(this.#options.failed)
      .finally(() => this.pull());
  }

  /** Keeps what was not delivered by anybody else: for the end of this process. @throws Failure */
  async keep(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length > 0) await this.#options.spool.append(deliveries, { claim: false });
  }

  /** Reads no more, and gives back what was read. */
  async end(positions: readonly Position[]): Promise<void> {
    this.#isEnded = true;
    await this.#options.spool.release(positions).catch(this.#options.failed);
  }

  /** Reads more into the window, if there is room and anything to read. */
  pull(): void {
    const { events = 0, bytes = 0 } = this.#lane?.room ?? {};
    if (!this.#isBehind || this.#isReading || this.#isEnded || events < 1 || bytes < 1) return;
    this.#isReading = true;
    this.#read(events, bytes).finally(() => {
      this.#isReading = false;
    });
  }

  #fits(bytes: number): boolean {
    if (this.#isBehind || this.#isEnded || this.#lane === undefined) return false;
    const { room } = this.#lane;
    return this.#reserved.events < room.events && this.#reserved.bytes + bytes <= room.bytes;
  }

  async #appendAndPush(delivery: Delivery, bytes: number, isWanted: () => boolean): Promise<void> {
    this.#reserved.events++;
    this.#reserved.bytes += bytes;
    try {
      const [position] = await this.#options.spool.append([delivery], { isWanted });
      if (position !== undefined) this.#lane?.pushSpooled([{ delivery, position }]);
    } finally {
      this.#reserved.events--;
      this.#reserved.bytes -= bytes;
    }
  }

  async #appendOnly(delivery: Delivery, isWanted: () => boolean): Promise<void> {
    this.#isBehind = true;
    this.#appending++;
    try {
      await this.#options.spool.append([delivery], { claim: false, isWanted });
    } finally {
      this.#appending--;
      this.pull();
    }
  }

  async #read(events: number, bytes: number): Promise<void> {
    try {
      const entries = await this.#options.spool.take(events, bytes);
      this.#lane?.pushSpooled(entries);
      // An entry of another process may be what is left; `onAvailable` tells when that changes.
      if (entries.length === 0 && this.#appending === 0) this.#isBehind = false;
      else this.#again();
    } catch (error) {
      this.#options.failed(error);
      this.#options.clock.after(RETRY_AFTER, () => this.pull());
    }
  }

  #again(): void {
    if (this.#appending === 0) this.#options.clock.after(0, () => this.pull());
  }
}
