/** The spool of a directory: a log for each sink, in one LMDB file. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLiving, type LiveProcesses } from './live-processes.ts';
import { withLock } from './lock.ts';
import { purge } from './purge.ts';
import { readAllTotals } from './read-records.ts';
import type { Position } from './records.ts';
import { reportSinkLog, type SinkLogReport } from './report.ts';
import { StoredSinkLog } from './sink-log.ts';
import type { SinkLog, Spool, SpoolOptions, SpoolWorld } from './spool.ts';
import type { SpoolPaths } from './spool-paths.ts';
import type { Store } from './store.ts';

export interface StoredSpoolParts {
  readonly options: SpoolOptions;
  readonly world: SpoolWorld;
  readonly paths: SpoolPaths;
  readonly processes: LiveProcesses;
  readonly store: Store;
}

/** Milliseconds between two looks for what other processes left. */
const LOOK_INTERVAL = 1000;

export class StoredSpool implements Spool {
  readonly #parts: StoredSpoolParts;
  readonly #logs = new Map<string, StoredSinkLog>();
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(parts: StoredSpoolParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
  }

  sinkLog(sink: string): SinkLog {
    const known = this.#logs.get(sink);
    if (known !== undefined) return known;
    const { options, world, processes, store } = this.#parts;
    const log = new StoredSinkLog(sink, {
      store,
      maxBytes: options.maxBytes,
      owner: processes.id,
      isLiving: processes.isLiving,
      now: world.now,
      setAside: (...entry) => this.#setAside(...entry),
    });
    this.#logs.set(sink, log);
    return log;
  }

  reports(): readonly SinkLogReport[] {
    const { processes, store } = this.#parts;
    processes.look();
    return [...readAllTotals(store.db).keys()]
      .sort()
      .map((sink) => reportSinkLog(store.db, sink, processes))
      .filter(({ count }) => count > 0);
  }

  totals(): readonly Pick<SinkLogReport, 'sink' | 'count' | 'bytes'>[] {
    const totals = readAllTotals(this.#parts.store.db);
    return [...totals].map(([sink, { count, bytes }]) => ({ sink, count, bytes }));
  }

  async purge(sink?: string, { force = false } = {}): Promise<{ removed: number; kept: number }> {
    const { processes, store } = this.#parts;
    processes.look();
    const isKept = (owner: string) => !force && owner !== processes.id && processes.isLiving(owner);
    return await store.write((batch) => purge(batch, sink, isKept));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { store, paths } = this.#parts;
    clearInterval(this.#timer);
    await store
      .write((batch) => {
        for (const log of this.#logs.values()) log.releaseAll(batch);
      })
      // A full disk: the claims are void as soon as this process is gone.
      .catch(() => undefined);
    await withLock(paths.openLock, () => this.#closeLocked()).catch(() => this.#closeStore());
  }

  async #closeLocked(): Promise<void> {
    const { store, paths, world } = this.#parts;
    const isEmpty = [...readAllTotals(store.db).values()].every(({ count }) => count === 0);
    await this.#closeStore();
    if (isEmpty && findLiving(paths.processes, world.now).length === 0) removeFiles(paths);
  }

  async #closeStore(): Promise<void> {
    await this.#parts.store.close();
    this.#parts.processes.close();
  }

  #look(): void {
    this.#parts.processes.look();
    for (const log of this.#logs.values()) log.look();
  }

  #setAside(sink: string, position: Position, value: Buffer): void {
    const { paths, world } = this.#parts;
    const path = join(paths.directory, `unreadable-${sink}-${position}.bin`);
    try {
      writeFileSync(path, value, { mode: 0o600 });
    } catch {
      // Keeping it in the queue would not help: nobody can ever read it.
    }
    world.log.error({ code: 'sink_failed', sink, path }, 'an entry of the spool is damaged: it is set aside');
  }
}

/** A file never shrinks; one that does not exist need not be checked at the next start. */
function removeFiles({ data, dataLock }: SpoolPaths): void {
  rmSync(data, { force: true });
  rmSync(dataLock, { force: true });
}
