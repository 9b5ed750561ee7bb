/**
 * Looks whether the broker holds the list of hooks that this server answers, and, when it may, makes the broker read it
 * again.
 *
 * Replicas know nothing of each other; what they share is the broker. So each waits for a time of its own choosing
 * between what it has found and what it does, and looks again: the first to act leaves nothing to do for the others.
 * Of the workers of one server, the supervisor chooses one.
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
  /** Of this server in the broker. */
  readonly name: string;
  readonly mayReload: boolean;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** The list now; nothing when a custom hook answers it. */
  readonly own: () => OwnList | undefined;
  /** Whether this process has the task, and takes calls. */
  readonly isChosen: () => Promise<boolean>;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly pauses?: readonly number[];
}

/** The longest time, in milliseconds, between a difference that was found and the reload. */
export const SPREAD = 30_000;
/** Milliseconds between two reloads by one process. */
const AT_MOST_EVERY = 600_000;
/** States that are remembered as said. */
const MAX_SAID = 16;

export class ListKeeper {
  readonly #options: ListKeeperOptions;
  readonly #now: () => number;
  /** What was said since the lists were the same: each state is said once. */
  readonly #said = new Set<string>();
  #reloadedAt: number | undefined;
  /** Our list when a reload did not help: then another reload would not. */
  #futile: string | undefined;
  /** A reload of ours that failed: the entry may be disabled, and nobody else means it to be. */
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
      this.#say('warn', `the list of hooks that the broker holds is not known: ${error.message}`);
    }
  }

  /** A reload that has begun is finished first: an entry that stayed disabled would check nothing. */
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
      this.#say('warn', `the list of hooks that the broker holds is not known: ${found.why}`);
    if (found.kind === 'different') this.#sayDifferent(found);
    return found;
  }

  /** What was found a while ago may be right by now. */
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
      // The broker has not read the list: nobody knows yet whether that helps.
      this.#futile = undefined;
      log.error(
        `the broker was not made to read the list of hooks again: ${(error as Error).message}. Look whether the ExHook server is enabled there`,
      );
      return;
    }
    log.info(
      { ...found.difference },
      'the broker held another list of hooks: this server was disabled and enabled there',
    );
  }

  /** @throws EmqxError */
  async #finishReload(): Promise<void> {
    const { client, log } = this.#options;
    if (this.#unfinished === undefined || this.#isClosed) return;
    const { path, entry } = this.#unfinished;
    if (await isDisabled(client, path)) {
      await client.request('PUT', path, { ...pickConfig(entry), enable: true });
      log.info('the ExHook server that a reload had left disabled in the broker is enabled again');
    }
    this.#unfinished = undefined;
  }

  #mayAct(): boolean {
    if (this.#reloadedAt !== undefined && this.#now() - this.#reloadedAt < AT_MOST_EVERY) return false;
    if (this.#futile !== this.#ownKey()) return true;
    this.#say(
      'error',
      'a reload did not give the broker our list of hooks: other replicas have another configuration, or another server answers at the address in the broker. It is not reloaded again until the list changes',
    );
    return false;
  }

  #ownKey(): string {
    return JSON.stringify(this.#options.own());
  }

  #sayDifferent({ difference }: Different): void {
    const { name, mayReload } = this.#options;
    const todo = mayReload ? '' : `: ${RELOAD_REMEDY}`;
    this.#say('warn', `the broker holds another list of hooks for ${name} than this server answers${todo}`, {
      ...difference,
    });
  }

  #say(level: 'warn' | 'error', text: string, fields: object = {}): void {
    const state = JSON.stringify([text, fields]);
    if (this.#said.has(state)) return;
    if (this.#said.size >= MAX_SAID) this.#said.clear();
    this.#said.add(state);
    this.#options.log[level](fields, text);
  }
}

/** An entry that is gone is not disabled. */
async function isDisabled(client: EmqxClient, path: string): Promise<boolean> {
  const entry = await client.request('GET', path).catch((error: unknown) => {
    if (error instanceof EmqxError && error.status === 404) return undefined;
    throw error;
  });
  return (entry as { readonly enable?: unknown } | undefined)?.enable === false;
}

const sleepUnref = (milliseconds: number): Promise<void> => sleep(milliseconds, { ref: false });
