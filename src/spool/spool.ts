/**
 * The spool: a queue on disk for what sinks have not confirmed. It outlives this process, is shared by the
 * processes of one machine, and replays what a dead one left behind. docs/spool.md says what it promises.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../log/log.ts';
import type { Delivery } from '../sinks/delivery.ts';
import { readAllTotals } from './lane-table.ts';
import { findLiving, type LiveProcesses, registerProcess } from './live-processes.ts';
import { withLock } from './lock.ts';
import { findOtherFormats, type SpoolPaths, spoolPaths } from './places.ts';
import { prepare, type Repair } from './prepare.ts';
import { purge } from './purge.ts';
import type { Position } from './records.ts';
import { reportSinkLog, type SinkLogReport } from './report.ts';
import { StoredSinkLog } from './sink-log.ts';
import { openStore, type Store } from './store.ts';
import { createWriteGate, waitForQuiet } from './write-gate.ts';

export type { Position } from './records.ts';
export type { SinkLogReport } from './report.ts';

export interface SpoolOptions {
  /** The directory, absolute. */
  readonly path: string;
  /** Of all entries together, as they are stored. */
  readonly maxBytes: number;
  /** Whether an append waits for the disk, so that it outlives a crash of the machine too. */
  readonly sync: boolean;
}

export interface SpoolWorld {
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface SpoolEntry {
  /** Stands for the entry in `confirm` and `release` of its lane. */
  readonly position: Position;
  /** As it was appended, without its event. */
  readonly delivery: Delivery;
}

export interface AppendOptions {
  /** Whether this process is about to deliver them itself. Default: true. */
  readonly claim?: boolean;
  /** Somebody may have been told meanwhile that they are not stored: asked before and after the commit. Default: they are. */
  readonly isWanted?: () => boolean;
}

/**
 * The entries of one sink. Each is free, or claimed by a process; claims of a dead process are void.
 *
 * Every method but the getters rejects with a Failure: `sink_failed` when the disk is full or fails, or the spool
 * is closed. Then nothing has changed.
 */
export interface SinkLog {
  /**
   * Resolves when the deliveries outlive this process; with `sync`, this machine's power too. All or none are
   * stored. Calls that wait at the same time share one commit.
   *
   * @returns their positions; none when they are not wanted any more: then none is stored.
   * @throws Failure `sink_full` when `maxBytes` would be exceeded.
   */
  append(deliveries: readonly Delivery[], options?: AppendOptions): Promise<readonly Position[]>;
  /**
   * Claims and returns the oldest free entries, in order: at least one, if there is one, and no more than the
   * limits. An entry waits while another process has an older one of its key; what this process has itself
   * does not count, since it can keep that in order.
   */
  claimNext(max: number, maxBytes: number): Promise<readonly SpoolEntry[]>;
  /** Forgets entries that are delivered, or will never be. Positions that are not there are passed over. */
  confirm(positions: readonly Position[]): Promise<void>;
  /** Gives claimed entries back, for any process to take. */
  release(positions: readonly Position[]): Promise<void>;
  /** Entries, of whatever process. */
  readonly size: number;
  /** What they take of `maxBytes`. */
  readonly bytes: number;
  /**
   * Calls back when there may be something to take: at once after an append without claim or a release here,
   * and within about a second after those of others, after the death of a process, and after registration.
   */
  onAvailable(listener: () => void): void;
}

export interface Spool {
  /** The same object for the same name. */
  sinkLog(sink: string): SinkLog;
  /** What the spool holds, also for sinks that nobody asked for, and who delivers it: looks at every claim. */
  reports(): readonly SinkLogReport[];
  /** How much the spool holds: cheap. */
  totals(): readonly Pick<SinkLogReport, 'sink' | 'count' | 'bytes'>[];
  /**
   * Removes the entries of one sink, or of all.
   *
   * @param options.force also those that another living process has. Default: they stay.
   */
  purge(sink?: string, options?: { force?: boolean }): Promise<{ removed: number; kept: number }>;
  /** Waits for what is under way and gives back what this process has. An empty spool leaves no file. */
  close(): Promise<void>;
}

/** Milliseconds between two looks for what other processes left. */
const LOOK_INTERVAL = 1000;

/**
 * Opens the spool of a directory, which is made if need be. A damaged file costs what cannot be read of it, and
 * is kept; see docs/spool.md.
 *
 * @throws TypeError when the directory cannot be used; the message says what to do.
 */
export async function openSpool(options: SpoolOptions, world: SpoolWorld): Promise<Spool> {
  const places = spoolPaths(options.path);
  makeDirectory(places);
  return await withLock(places.openLock, async () => {
    const isAlone = findLiving(places.processes, world.now).length === 0;
    const members = registerProcess(places.processes, world.now);
    try {
      if (isAlone) reportRepair(await prepare(places, { ...options, ...world }), world.log);
      for (const path of findOtherFormats(places))
        world.log.warn(
          { path },
          'a spool of another release is left as it is: only that release can read it',
        );
      await waitForQuiet(places, world.now);
      const gate = createWriteGate(places, members.id);
      const store = await openStore({ ...options, path: places.data, gate });
      return new StoredSpool(options, world, places, members, store);
    } catch (error) {
      members.close();
      throw error;
    }
  }).catch((error) => {
    throw explainUse(error, places.directory);
  });
}

class StoredSpool implements Spool {
  readonly #options: SpoolOptions;
  readonly #world: SpoolWorld;
  readonly #places: SpoolPaths;
  readonly #members: LiveProcesses;
  readonly #store: Store;
  readonly #lanes = new Map<string, StoredSinkLog>();
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(
    options: SpoolOptions,
    world: SpoolWorld,
    places: SpoolPaths,
    members: LiveProcesses,
    store: Store,
  ) {
    this.#options = options;
    this.#world = world;
    this.#places = places;
    this.#members = members;
    this.#store = store;
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
  }

  sinkLog(sink: string): SinkLog {
    const known = this.#lanes.get(sink);
    if (known !== undefined) return known;
    const lane = new StoredSinkLog(sink, {
      store: this.#store,
      maxBytes: this.#options.maxBytes,
      owner: this.#members.id,
      isLiving: this.#members.isLiving,
      now: this.#world.now,
      setAside: (...entry) => this.#setAside(...entry),
    });
    this.#lanes.set(sink, lane);
    return lane;
  }

  reports(): readonly SinkLogReport[] {
    this.#members.look();
    return [...readAllTotals(this.#store.db).keys()]
      .sort()
      .map((sink) => reportSinkLog(this.#store.db, sink, this.#members))
      .filter(({ count }) => count > 0);
  }

  totals(): readonly Pick<SinkLogReport, 'sink' | 'count' | 'bytes'>[] {
    return [...readAllTotals(this.#store.db)].map(([sink, { count, bytes }]) => ({ sink, count, bytes }));
  }

  async purge(sink?: string, { force = false } = {}): Promise<{ removed: number; kept: number }> {
    this.#members.look();
    const { id, isLiving } = this.#members;
    const isKept = (owner: string) => !force && owner !== id && isLiving(owner);
    return await this.#store.write((draft) => purge(draft, sink, isKept));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#store
      .write((draft) => {
        for (const lane of this.#lanes.values()) lane.releaseAll(draft);
      })
      // A full disk: the claims are void as soon as this process is gone.
      .catch(() => undefined);
    const { openLock, processes } = this.#places;
    const end = async () => {
      const isEmpty = [...readAllTotals(this.#store.db).values()].every(({ count }) => count === 0);
      await this.#store.close();
      this.#members.close();
      if (isEmpty && findLiving(processes, this.#world.now).length === 0) removeFiles(this.#places);
    };
    await withLock(openLock, end).catch(async () => {
      await this.#store.close();
      this.#members.close();
    });
  }

  #look(): void {
    this.#members.look();
    for (const lane of this.#lanes.values()) lane.look();
  }

  #setAside(sink: string, position: Position, value: Buffer): void {
    const path = join(this.#places.directory, `unreadable-${sink}-${position}.bin`);
    try {
      writeFileSync(path, value, { mode: 0o600 });
    } catch {
      // There is no use in keeping it in the queue: nobody will ever read it.
    }
    this.#world.log.error(
      { code: 'sink_failed', sink, path },
      'an entry of the spool is damaged: it is set aside',
    );
  }
}

/** A file never shrinks; an empty one need not be checked at the next start. */
function removeFiles({ data, dataLock }: SpoolPaths): void {
  rmSync(data, { force: true });
  rmSync(dataLock, { force: true });
}

function reportRepair(repair: Repair | undefined, log: SpoolWorld['log']): void {
  if (repair === undefined) return;
  const { saved, lost, aside } = repair;
  log.error(
    { code: 'sink_failed', saved, lost, path: aside },
    'the spool was damaged: what can be read of it goes on, and the damaged file is set aside',
  );
}

function makeDirectory({ directory }: SpoolPaths): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw explainUse(error, directory);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'is a file; name a directory, which is made if it is not there',
  ENOTDIR: 'lies below a file; name a directory, which is made if it is not there',
  EACCES: 'may not be used by this user; give it the directory, or name another',
  EPERM: 'may not be used by this user; give it the directory, or name another',
  ENOENT: 'cannot be made; the file system may be read-only',
  EROFS: 'is on a file system that is read-only; name a directory that can be written',
  ENOSPC: 'is on a disk that is full; make room, or name a directory on another',
};

function explainUse(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reason = typeof code === 'string' ? reasons[code] : undefined;
  return reason === undefined ? error : new TypeError(`spool.path: ${directory} ${reason}`, { cause: error });
}
