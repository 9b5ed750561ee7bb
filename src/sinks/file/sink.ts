/** Appends batches to a file, and rotates the file. */

import type { Stats } from 'node:fs';
import { withSignal } from '../../lib/with-signal.ts';
import type { Delivery } from '../delivery.ts';
import { Mutex } from '../mutex.ts';
import { ReceiptBuilder, tellOfPart } from '../receipt-builder.ts';
import type { IsWanted, Receipt, Sink, SinkWorld } from '../sink.ts';
import { Appender } from './appender.ts';
import { type ArchiveOptions, putAside, tidy } from './archive.ts';
import type { FileOptions } from './declaration.ts';
import { toLine } from './encode.ts';
import { explain } from './errors.ts';
import { FileAge, type FileClocks } from './file-age.ts';

interface Line {
  /** Its index in the batch. */
  readonly index: number;
  readonly bytes: Buffer;
}

export class FileSink implements Sink {
  readonly name: string;
  readonly #options: FileOptions;
  readonly #log: SinkWorld['log'];
  readonly #appender: Appender;
  readonly #archive: ArchiveOptions;
  readonly #turns = new Mutex();
  readonly #closing = new AbortController();
  /** Compressing and removing rotated files, one job after the other. */
  #tidying: Promise<void> | undefined;
  readonly #age: FileAge;

  constructor(options: FileOptions, { name, log }: SinkWorld, clocks: FileClocks) {
    const { path, mode, rotate } = options;
    this.name = name;
    this.#options = options;
    this.#log = log;
    this.#age = new FileAge(clocks);
    this.#appender = new Appender(options);
    this.#archive = { path, mode, keep: rotate.keep, gzip: rotate.gzip, now: clocks.now };
  }

  async write(
    batch: readonly Delivery[],
    signal: AbortSignal,
    isWanted?: IsWanted,
  ): Promise<Receipt | undefined> {
    if (batch.length === 0) return undefined;
    const outcome = new ReceiptBuilder(batch, isWanted);
    const lines = batch.map((delivery, index) => ({ index, bytes: toLine(delivery) }));
    await withSignal(
      this.#turns.take(() => this.#append(lines, outcome), signal),
      signal,
    );
    return outcome.settle(tellOfPart(this.#log, this.name));
  }

  async check(): Promise<void> {
    await this.#turns.take(() => this.#open(), this.#closing.signal);
  }

  async close(): Promise<void> {
    const isFirst = !this.#closing.signal.aborted;
    this.#closing.abort(new Error('the sink is closed'));
    await this.#tidying;
    if (isFirst) await this.#turns.take(() => this.#appender.close(), new AbortController().signal);
  }

  async #append(lines: readonly Line[], outcome: ReceiptBuilder): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const stats = await this.#open();
    const wanted = outcome.wanted(lines);
    if (wanted.length === 0) return;
    const size = wanted.reduce((sum, { bytes }) => sum + bytes.length, 0);
    await this.#rotate(stats, size);
    const bytes = wanted.map((line) => line.bytes);
    const { lines: whole, error } = await this.#appender.append(bytes).catch((error) => {
      throw explain(error, this.#options.path);
    });
    for (const { index } of wanted.slice(0, whole)) outcome.confirm(index);
    if (error !== undefined) outcome.blame(explain(error, this.#options.path));
  }

  async #open(): Promise<Stats> {
    this.#closing.signal.throwIfAborted();
    try {
      const stats = await this.#appender.open();
      // Files that an earlier process rotated.
      if (this.#tidying === undefined) this.#tidy();
      this.#age.note(stats);
      return stats;
    } catch (error) {
      throw explain(error, this.#options.path);
    }
  }

  /** @param size bytes about to be written. */
  async #rotate(stats: Stats, size: number): Promise<void> {
    const { rotate, path } = this.#options;
    const isLarge = rotate.size !== undefined && stats.size + size > rotate.size;
    const isOld = rotate.age !== undefined && this.#age.milliseconds >= rotate.age;
    if (stats.size === 0 || !stats.isFile() || !(isLarge || isOld)) return;
    try {
      putAside(this.#archive, stats);
      this.#age.note(await this.#appender.open());
    } catch (error) {
      throw explain(error, path);
    }
    this.#tidy();
  }

  #tidy(): void {
    const { rotate } = this.#options;
    if (rotate.keep === undefined && !rotate.gzip) return;
    const { signal } = this.#closing;
    this.#tidying = (this.#tidying ?? Promise.resolve())
      .then(() => tidy(this.#archive, signal))
      .catch((error: NodeJS.ErrnoException) =>
        this.#log.warn(
          { code: 'sink_failed', sink: this.name, reason: error.code ?? error.name },
          'rotated files could not be compressed or removed: see rotate',
        ),
      );
  }
}
