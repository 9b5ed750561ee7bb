/** The log of one sink, in the store of a spool. */
import { Failure } from '../../protocol/failure.ts';
import type { Delivery } from '../../sinks/delivery.ts';
import { runsOf } from './claim.ts';
import { chooseNext, hasFree } from './claim-next.ts';
import { encodeDelivery } from './delivery-codec.ts';
import { readTotals } from './read-records.ts';
import { entryKey, entrySize, type LogTotals, type Position } from './records.ts';
import type { AppendOptions, SinkLog, SpoolEntry } from './spool.ts';
import type { Store } from './store.ts';
import type { WriteBatch } from './write-batch.ts';

export interface StoredSinkLogWorld {
  readonly store: Store;
  readonly maxBytes: number;
  /** This process, as claims name it. */
  readonly owner: string;
  readonly isLiving: (owner: string) => boolean;
  readonly now: () => number;
  /** Keeps the bytes of an unreadable entry elsewhere, and reports it. */
  readonly setAside: (sink: string, position: Position, value: Buffer) => void;
}

export class StoredSinkLog implements SinkLog {
  readonly #sink: string;
  readonly #world: StoredSinkLogWorld;
  readonly #listeners: (() => void)[] = [];
  /** Bytes of the key of an entry. */
  readonly #keyBytes: number;
  #last: LogTotals;

  constructor(sink: string, world: StoredSinkLogWorld) {
    this.#sink = sink;
    this.#world = world;
    this.#keyBytes = entryKey(sink, 0).length;
    this.#last = readTotals(world.store.db, sink);
  }

  get size(): number {
    return this.#totals().count;
  }

  get bytes(): number {
    return this.#totals().bytes;
  }

  async append(
    deliveries: readonly Delivery[],
    { claim = true, isWanted = () => true }: AppendOptions = {},
  ): Promise<readonly Position[]> {
    if (deliveries.length === 0) return [];
    const { store, now } = this.#world;
    const contents = deliveries.map((delivery) => encodeDelivery(delivery, now()));
    const positions = await store.write((batch) => (isWanted() ? this.#append(batch, contents, claim) : []), {
      grows: true,
    });
    if (!isWanted()) {
      await this.confirm(positions);
      return [];
    }
    if (!claim) this.#tell();
    return positions;
  }

  async claimNext(max: number, maxBytes: number): Promise<readonly SpoolEntry[]> {
    const { store, owner, isLiving, setAside } = this.#world;
    if (max < 1 || (store.isOpen && this.size === 0)) return [];
    return await store.write((batch) => {
      const log = batch.log(this.#sink);
      const { claims } = log;
      const limits = { max, maxBytes, owner, isLiving, claims };
      const { entries, runs, unreadable } = chooseNext(batch.db, this.#sink, limits);
      for (const { position, value } of unreadable) setAside(this.#sink, position, value);
      if (unreadable.length > 0) log.remove(unreadable.map(({ position }) => position));
      for (const run of runs) {
        log.free(run.first, run.last);
        log.addClaim({ ...run, owner });
      }
      return entries;
    });
  }

  async confirm(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    await this.#world.store.write((batch) => batch.log(this.#sink).remove(positions));
  }

  async release(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    const { store, owner } = this.#world;
    await store.write((batch) => {
      const log = batch.log(this.#sink);
      const own = log.claims.filter((claim) => claim.owner === owner);
      const isOwn = (at: Position) => own.some(({ first, last }) => first <= at && at <= last);
      for (const { first, last } of runsOf(positions.filter(isOwn))) log.free(first, last);
    });
    this.#tell();
  }

  onAvailable(listener: () => void): void {
    this.#listeners.push(listener);
    // Also for what was there before.
    setImmediate(() => this.look());
  }

  /** Tells the listeners if there may be something to claim. */
  look(): void {
    const { store, isLiving } = this.#world;
    if (this.#listeners.length === 0 || !store.isOpen || this.size === 0) return;
    if (hasFree(store.db, this.#sink, isLiving)) this.#tell();
  }

  /** Releases all claims of this process: others can take over at once. Nothing may follow. */
  releaseAll(batch: WriteBatch): void {
    const log = batch.log(this.#sink);
    this.#last = log.totals;
    for (const { first, last, owner } of log.claims) if (owner === this.#world.owner) log.free(first, last);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The current ones; once the store is closed, the last known ones. */
  #totals(): LogTotals {
    const { store } = this.#world;
    if (store.isOpen) this.#last = readTotals(store.db, this.#sink);
    return this.#last;
  }

  #append(batch: WriteBatch, contents: readonly Buffer[], isClaimed: boolean): Position[] {
    const { maxBytes, owner } = this.#world;
    if (batch.bytes + this.#sizeOf(contents) > maxBytes)
      throw new Failure('sink_full', 'the spool is full: it holds as many bytes as spool.maxBytes allows');
    const log = batch.log(this.#sink);
    const first = log.append(contents);
    if (isClaimed) log.addClaim({ first, last: first + contents.length - 1, owner });
    return contents.map((_, i) => first + i);
  }

  #sizeOf(contents: readonly Buffer[]): number {
    return contents.reduce((sum, { length }) => sum + entrySize(this.#keyBytes, length), 0);
  }
}
