/**
 * Checks whether the broker holds the list of hooks that this server returns and, if allowed, makes the broker read it
 * again.
 *
 * Replicas do not know each other; all they share is the broker. Each therefore waits a random time after it finds a
 * difference, and checks again before it acts: the first to act leaves the others nothing to do. Among the workers of
 * one server, the supervisor picks one.
 */
import { sleep } from '../lib/sleep.ts';
import type { Logger } from '../log/log.ts';
import { RELOAD_REMEDY } from '../lookup/brokers/list-warnings.ts';
import { type EmqxClient, EmqxError } from './client.ts';
import { fetchHeldList, type HeldList, type OwnList } from './held-list.ts';
import { pickConfig, reloadEntry } from './reload-entry.ts';

type Different = Extract<HeldList, { kind: 'different' }>;

export interface ListKeeperOptions {
  readonly client: EmqxClient;
  /** The name of this server in the broker. */
  readonly name: string;
  readonly mayReload: boolean;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The current list; undefined if a custom hook returns it. */
  readonly own: () => OwnList | undefined;
  /** Whether this process has the task and takes calls. */
  readonly isChosen: () => Promise<boolean>;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly pauses?: readonly number[];
}

/** Longest delay between finding a difference and the reload, in milliseconds. */
export const SPREAD = 30_000;
/** Shortest time between two reloads by one process, in milliseconds. */
const AT_MOST_EVERY = 600_000;
/** Most states remembered as logged. */
const MAX_SAID = 16;

export class ListKeeper {
  readonly #options: ListKeeperOptions;
  readonly #now: () => number;
  /** What was logged since the lists last matched: each state is logged once. */
  readonly #said = new Set<string>();
  #reloadedAt: number | undefined;
  /** Our list when a reload did not help: another reload would not help either. */
  #futile: string | undefined;
  /** Set after a failed reload of ours: the entry may be left disabled. */
  #unfinished: Pick<Different, 'path' | 'entry'> | undefined;
  #isClosed = false;
  #acting: Promise<void> | undefined;

  constructor(options: ListKeeperOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Never rejects. */
  async look(): Promise<void> {
    const { isChosen, mayReload, random = Math.random } = this.#options;
    try {
      if (!(await isChosen())) return;
      await this.#finishReload();
      const found = await this.#find();
      if (found?.kind !== 'different' || !mayReload || !this.#mayAct()) return;
      const { sleep: wait = sleepUnref } = this.#options;
      await wait(random() * SPREAD);
      if (!(await isChosen())) return;
      this.#acting = this.#act();
      await this.#acting;
    } catch (error) {
      if (!(error instanceof EmqxError)) throw error;
      this.#say('warn', `cannot tell which list of hooks the broker holds: ${error.message}`);
    }
  }

  /** Finishes a reload that has begun: an entry that stays disabled would check nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#acting?.catch(() => {});
  }

  async #find(): Promise<HeldList | undefined> {
    const { client, name, own } = this.#options;
    const list = own();
    if (list === undefined) return undefined;
    const found = await fetchHeldList(client, name, list);
    if (found.kind === 'same') {
      this.#said.clear();
      this.#futile = undefined;
    }
    if (found.kind === 'unknown')
      this.#say('warn', `cannot tell which list of hooks the broker holds: ${found.why}`);
    if (found.kind === 'different') this.#sayDifferent(found);
    return found;
  }

  /** By now the list may match again. */
  async #act(): Promise<void> {
    const { client, log, pauses } = this.#options;
    const found = await this.#find();
    if (found?.kind !== 'different' || this.#isClosed) return;
    this.#reloadedAt = this.#now();
    this.#futile = this.#ownKey();
    try {
      await reloadEntry(client, found.path, pickConfig(found.entry), pauses);
    } catch (error) {
      this.#unfinished = found;
      // The broker has not read the list yet: whether that helps is unknown.
      this.#futile = undefined;
      log.error(
        `could not make the broker read the list of hooks again: ${(error as Error).message}. Check that the ExHook server is enabled there`,
      );
      return;
    }
    log.info(
      { ...found.difference },
      'the list of hooks in the broker was out of date: this server was disabled and enabled there',
    );
  }

  /** @throws EmqxError */
  async #finishReload(): Promise<void> {
    const { client, log } = this.#options;
    if (this.#unfinished === undefined || this.#isClosed) return;
    const { path, entry } = this.#unfinished;
    if (await isDisabled(client, path)) {
      await client.request('PUT', path, { ...pickConfig(entry), enable: true });
      log.info('enabled the ExHook server in the broker again, which a failed reload had left disabled');
    }
    this.#unfinished = undefined;
  }

  #mayAct(): boolean {
    if (this.#reloadedAt !== undefined && this.#now() - this.#reloadedAt < AT_MOST_EVERY) return false;
    if (this.#futile !== this.#ownKey()) return true;
    this.#say(
      'error',
      'the list of hooks in the broker still differs after a reload: other replicas have another configuration, or another server answers at the address in the broker. No further reload until the list changes',
    );
    return false;
  }

  #ownKey(): string {
    return JSON.stringify(this.#options.own());
  }

  #sayDifferent({ difference }: Different): void {
    const { name, mayReload } = this.#options;
    const todo = mayReload ? '' : `: ${RELOAD_REMEDY}`;
    this.#say(
      'warn',
      `the list of hooks that the broker holds for ${name} differs from the list that this server returns${todo}`,
      {
        ...difference,
      },
    );
  }

  #say(level: 'warn' | 'error', text: string, fields: object = {}): void {
    const state = JSON.stringify([text, fields]);
    if (this.#said.has(state)) return;
    if (this.#said.size >= MAX_SAID) this.#said.clear();
    this.#said.add(state);
    this.#options.log[level](fields, text);
  }
}

/** An entry that was deleted does not need to be enabled. */
async function isDisabled(client: EmqxClient, path: string): Promise<boolean> {
  const entry = await client.request('GET', path).catch((error: unknown) => {
    if (error instanceof EmqxError && error.status === 404) return undefined;
    throw error;
  });
  return (entry as { readonly enable?: unknown } | undefined)?.enable === false;
}

const sleepUnref = (milliseconds: number): Promise<void> => sleep(milliseconds, { ref: false });
