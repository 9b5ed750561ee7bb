/**
 * The store of a spool: an LMDB file, opened so that what is committed outlives this process. All changes go through
 * `write`: operations that are asked for while a commit is in progress share the next one.
 *
 * Commits happen in a thread of LMDB, so that neither the disk nor another process that writes blocks the event
 * loop. LMDB never changes a page that a reader may see, and a commit ends by writing one small page: a process that
 * is killed at any point leaves the state before or after it. LMDB's lock is a robust mutex: when its owner dies, the
 * kernel hands it to the next process.
 */
import type { RootDatabase } from 'lmdb';
import { LmdbStore } from './lmdb-store.ts';
import type { WriteBatch } from './write-batch.ts';
import type { WriteGate } from './write-gate.ts';

export type Db = RootDatabase<Buffer, Buffer>;

export interface StoreOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Whether a commit is on the disk when it resolves. */
  readonly sync: boolean;
  /** Nothing for a file that no other process uses. */
  readonly gate?: WriteGate;
}

export interface Store {
  /** For reading. A turn of the event loop sees one state. */
  readonly db: Db;
  /** Whether it may still be read. */
  readonly isOpen: boolean;
  /**
   * Changes the store. Operations run in the order they were asked for, and must check before they write: what an
   * operation has written stays when it throws a Failure.
   *
   * @param options.grows whether it needs space: on a full disk, other operations still succeed. Default: false.
   * @throws Failure `sink_failed` when it could not be committed: then nothing of it is stored.
   */
  write<T>(operation: (batch: WriteBatch) => T, options?: { grows?: boolean }): Promise<T>;
  /** Waits for operations in progress. */
  close(): Promise<void>;
}

/** Pages are half full at worst, and freed ones are reused a little later. This is address space, not memory. */
const MAP_FACTOR = 4;
const MAP_MARGIN = 256 * 2 ** 20;

/** @throws Error of LMDB, with its number as `code`. */
export async function openStore({ path, maxBytes, sync, gate }: StoreOptions): Promise<Store> {
  const { open } = await import('lmdb');
  const db: Db = open({
    path,
    ...format,
    mapSize: MAP_FACTOR * maxBytes + MAP_MARGIN,
    ...durability(sync),
    // Operations are grouped here and not by LMDB: no caller could catch an error in its groups, which ends the process.
    eventTurnBatching: false,
    ...privateMode,
  });
  return new LmdbStore(db, path, gate);
}

/** Payloads are private. LMDB's types do not know this option. */
const privateMode = { permissionsMode: 0o600 };

/** The layout of the file. */
const format = { noSubdir: true, maxDbs: 1, encoding: 'binary', keyEncoding: 'binary' } as const;

/**
 * With `sync`, a commit ends when the disk has confirmed it. Without, it ends when the kernel has its pages: they
 * outlive the process whenever it is killed, since the page that makes a commit valid is handed over last. But the
 * kernel writes them to disk in any order, so that a crash of the machine can damage the file; see prepare.ts.
 *
 * LMDB's third way, `overlappingSync`, returns to the last state on disk after such a crash. It tells a crash from the
 * death of a process by the system's boot id, which sandboxes do not have: there it would lose commits.
 */
function durability(sync: boolean) {
  return { overlappingSync: false, noSync: !sync };
}
