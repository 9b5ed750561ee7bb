/**
 * The store of a spool: an LMDB file, opened so that what is committed outlives this process, and writes in
 * groups. All changes go through `write`: what is asked for while a commit is under way shares the next one.
 *
 * Commits happen in a thread of LMDB, so that neither the disk nor another process that writes stops the event
 * loop. LMDB never changes a page that a reader may see, and a commit is the writing of one small page at the
 * end: a process that is killed anywhere leaves the state before or after it. Its lock is a robust mutex, which
 * the kernel frees for the next.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { Failure } from '../protocol/failure.ts';
import { WriteBatch } from './write-batch.ts';
import type { WriteGate } from './write-gate.ts';

export type Db = RootDatabase<Buffer, Buffer>;

export interface StoreOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Whether a commit is on the disk when it resolves. */
  readonly sync: boolean;
  /** Nothing for a file that no other process knows of. */
  readonly gate?: WriteGate;
}

export interface Store {
  /** For reading. Each turn of the event loop sees one state. */
  readonly db: Db;
  /** Whether it may still be read. */
  readonly isOpen: boolean;
  /**
   * Changes the store. Operations run in the order they were asked for, and must check before they write: what
   * one has written stays when it throws a Failure.
   *
   * @param options.grows whether it needs room: when the disk has none, the others still go on. Default: false.
   * @throws Failure `sink_failed` when it could not be committed: nothing of it is there.
   */
  write<T>(operation: (draft: WriteBatch) => T, options?: { grows?: boolean }): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Pages are full by half at worst, and freed ones are reused a little later. It is address space, not memory. */
const MAP_FACTOR = 4;
const MAP_MARGIN = 256 * 2 ** 20;
/** Milliseconds that appends are refused after one has failed: a full disk is not asked for each event. */
const PAUSE = 1000;

/** @throws Error of LMDB, with its number as `code`. */
export async function openStore({ path, maxBytes, sync, gate }: StoreOptions): Promise<Store> {
  const { open } = await import('lmdb');
  const db: Db = open({
    path,
    ...format,
    mapSize: MAP_FACTOR * maxBytes + MAP_MARGIN,
    ...durability(sync),
    // Our own groups replace LMDB's: an error in those of LMDB would be nobody's, and end the process.
    eventTurnBatching: false,
    ...privately,
  });
  return new LmdbStore(db, path, gate);
}

/** Payloads are nobody else's business. Its types do not know this option. */
const privately = { permissionsMode: 0o600 };

/** How the file is laid out. */
const format = { noSubdir: true, maxDbs: 1, encoding: 'binary', keyEncoding: 'binary' } as const;

/**
 * With `sync`, a commit ends with the disk's word for it. Without, its pages are with the kernel when it ends: they
 * outlive the process whenever it is killed, since the page that makes a commit count is handed over last. The
 * kernel writes them to disk in an order of its own, so that a crash of the machine can damage the file; see
 * prepare.ts. LMDB's third way, `overlappingSync`, goes back to the last state on disk after such a crash, but tells
 * it from the death of a process by the system's boot id, which sandboxes do not have: it would lose commits there.
 */
function durability(sync: boolean) {
  return { overlappingSync: false, noSync: !sync };
}

interface Waiting {
  readonly grows: boolean;
  readonly operation: (draft: WriteBatch) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class LmdbStore implements Store {
  readonly db: Db;
  readonly #path: string;
  readonly #gate: WriteGate | undefined;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #failure: { error: Failure; until: number } | undefined;
  #isClosing = false;
  #isOpen = true;

  constructor(db: Db, path: string, gate: WriteGate | undefined) {
    this.db = db;
    this.#path = path;
    this.#gate = gate;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  write<T>(operation: (draft: WriteBatch) => T, { grows = false } = {}): Promise<T> {
    if (this.#isClosing) return Promise.reject(new Failure('sink_failed', 'the spool is closed'));
    const { promise, waiting } = waitFor(operation, grows);
    this.#waiting.push(waiting);
    this.#running ??= this.#run();
    return promise;
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#running;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#gate?.close();
    await this.db.close();
  }

  async #run(): Promise<void> {
    // What the other calls of this turn of the event loop want goes into the same commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0));
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const isFailing = this.#failure !== undefined && performance.now() < this.#failure.until;
    if (isFailing) await this.#commitFailing(group);
    else if (!(await this.#tryCommit(group))) await this.#commitFailing(group);
  }

  /** A disk without room may still do what needs none, such as to forget what is confirmed. */
  async #commitFailing(group: readonly Waiting[]): Promise<void> {
    const error = this.#failure?.error;
    for (const { grows, reject } of group) if (grows) reject(error);
    const others = group.filter(({ grows }) => !grows);
    if (others.length === 0 || (await this.#tryCommit(others))) return;
    for (const { reject } of others) reject(this.#failure?.error);
  }

  /** @returns whether it was committed; why not is in `#failure`. */
  async #tryCommit(group: readonly Waiting[]): Promise<boolean> {
    const settle: (() => void)[] = [];
    try {
      await this.#gate?.enter();
      await this.db.childTransaction(() => {
        const draft = new WriteBatch(this.db);
        for (const waiting of group) settle.push(runOne(waiting, draft));
        draft.write();
      });
    } catch (cause) {
      this.#failure = { error: explain(cause, this.#path), until: performance.now() + PAUSE };
      return false;
    } finally {
      this.#gate?.leave();
    }
    for (const tell of settle) tell();
    return true;
  }
}

function waitFor<T>(
  operation: (draft: WriteBatch) => T,
  grows: boolean,
): { promise: Promise<T>; waiting: Waiting } {
  let waiting: Waiting | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    waiting = { operation, grows, resolve: resolve as (value: unknown) => void, reject };
  });
  return { promise, waiting: waiting as Waiting };
}

/** @returns what tells the asker, once all is committed. @throws what is no Failure: it ends the transaction. */
function runOne({ operation, resolve, reject }: Waiting, draft: WriteBatch): () => void {
  try {
    const value = operation(draft);
    return () => resolve(value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return () => reject(error);
  }
}

function explain(cause: unknown, path: string): Failure {
  const { commitError, code } = cause as { commitError?: Promise<unknown>; code?: unknown };
  // LMDB tells what went wrong by a second promise, which nobody else waits for.
  commitError?.catch(() => undefined);
  if (commitError === undefined && typeof code !== 'number')
    return new Failure('sink_failed', 'the spool failed', { cause });
  const why = hasRoom(path) ? 'the disk fails, or may only be read' : 'the disk is full';
  return new Failure('sink_failed', `cannot write to the spool ${path}: ${why}`, { cause });
}

/** Bytes below which a disk counts as full: a commit writes several pages at once. */
const NO_ROOM = 2 ** 20;

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize > NO_ROOM;
  } catch {
    return true;
  }
}
