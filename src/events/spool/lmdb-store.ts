/** Groups the operations of a store into transactions of LMDB. */
import { Failure } from '../../protocol/failure.ts';
import { explainCommit } from './explain-commit.ts';
import type { Db, Store } from './store.ts';
import { WriteBatch } from './write-batch.ts';
import type { WriteGate } from './write-gate.ts';

/** Milliseconds for which appends are refused after one has failed: a full disk is not tried for each event. */
const PAUSE = 1000;

/** An operation that waits for its commit. */
interface Pending {
  readonly grows: boolean;
  readonly operation: (batch: WriteBatch) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class LmdbStore implements Store {
  readonly db: Db;
  readonly #path: string;
  readonly #gate: WriteGate | undefined;
  #pending: Pending[] = [];
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

  write<T>(operation: (batch: WriteBatch) => T, { grows = false } = {}): Promise<T> {
    if (this.#isClosing) return Promise.reject(new Failure('sink_failed', 'the spool is closed'));
    return new Promise<T>((resolve, reject) => {
      this.#pending.push({ operation, grows, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#run();
    });
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
    // Operations of other calls in this turn of the event loop share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) await this.#commit(this.#pending.splice(0));
    this.#running = undefined;
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const isFailing = this.#failure !== undefined && performance.now() < this.#failure.until;
    if (isFailing || !(await this.#tryCommit(group))) await this.#commitWithoutGrowth(group);
  }

  /** A full disk still takes operations that need no space, such as removing what is confirmed. */
  async #commitWithoutGrowth(group: readonly Pending[]): Promise<void> {
    const error = this.#failure?.error;
    for (const { grows, reject } of group) if (grows) reject(error);
    const others = group.filter(({ grows }) => !grows);
    if (others.length === 0 || (await this.#tryCommit(others))) return;
    for (const { reject } of others) reject(this.#failure?.error);
  }

  /** @returns whether it was committed; `#failure` says why not. */
  async #tryCommit(group: readonly Pending[]): Promise<boolean> {
    const settle: (() => void)[] = [];
    try {
      await this.#gate?.enter();
      await this.db.childTransaction(() => {
        const batch = new WriteBatch(this.db);
        for (const pending of group) settle.push(runOne(pending, batch));
        batch.write();
      });
    } catch (cause) {
      this.#failure = { error: explainCommit(cause, this.#path), until: performance.now() + PAUSE };
      return false;
    } finally {
      this.#gate?.leave();
    }
    for (const settleOne of settle) settleOne();
    return true;
  }
}

/** @returns what settles the operation once all is committed. @throws anything but a Failure: it ends the transaction. */
function runOne({ operation, resolve, reject }: Pending, batch: WriteBatch): () => void {
  try {
    const value = operation(batch);
    return () => resolve(value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return () => reject(error);
  }
}
