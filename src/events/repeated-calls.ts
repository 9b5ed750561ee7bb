/**
 * Ids of events for which the broker has none: those of clients, sessions and providers.
 *
 * Some releases make every call twice after an outage. With them, the event of a call that equals one of a moment ago, in
 * every field, gets the same id, so that sinks and readers drop the second as they do with messages. No event is
 * withheld: a client may really do the same twice.
 */
import { createHash, randomUUID } from 'node:crypto';
import { callsTwice, readVersion } from '../emqx/version.ts';
import { LruMap } from '../lib/lru.ts';
import type { Event } from '../protocol/schema/event.ts';
import { nodeOf, type Origin } from '../sinks/cloudevents/stamp.ts';

/** The second of two equal calls within this time counts as a repetition, in milliseconds: repetitions follow at once. */
const WINDOW = 2_000;
/** Calls that are remembered, at a few hundred bytes each. */
const MAX_CALLS = 4096;

/**
 * Calls that undo each other, and which side each is on. In done, undone, done within the window, the last is no
 * repetition: a sink that dropped it would show an existing subscription as ended.
 */
const SIDES: Readonly<Record<string, 'done' | 'undone'>> = {
  'emqx.provider.loaded': 'done',
  'emqx.provider.unloaded': 'undone',
  'emqx.client.subscribe': 'done',
  'emqx.client.unsubscribe': 'undone',
  'emqx.session.subscribed': 'done',
  'emqx.session.unsubscribed': 'undone',
};

export interface RepeatedCallsOptions {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly random?: () => string;
}

export class RepeatedCalls {
  readonly #now: () => number;
  readonly #random: () => string;
  /** By the digest of a call. */
  readonly #calls = new LruMap<string, { readonly id: string; readonly at: number }>(MAX_CALLS);
  /** The last side of each client, and since which turn, by a digest. */
  readonly #turns = new LruMap<string, { readonly side: 'done' | 'undone'; readonly turn: number }>(
    MAX_CALLS,
  );
  #lastTurn = 0;
  #version = '';
  #repeats = false;

  constructor({ now, random = randomUUID }: RepeatedCallsOptions) {
    this.#now = now;
    this.#random = random;
  }

  /** A new id, or the id of the equal call before. */
  idOf(event: Event, origin: Origin): string {
    if (!this.#isOfRelease(origin.meta.version)) return this.#random();
    const digest = digestOf([
      nodeOf(origin),
      event.type,
      event.subject,
      event.data,
      this.#turnOf(event, origin),
    ]);
    const before = this.#calls.get(digest);
    const now = this.#now();
    if (before !== undefined && now - before.at <= WINDOW) return before.id;
    const id = this.#random();
    this.#calls.set(digest, { id, at: now });
    return id;
  }

  /** Changes whenever a client undoes what it did, or does it again; nothing for calls that cannot be undone. */
  #turnOf({ type, subject }: Event, origin: Origin): number | undefined {
    const side = SIDES[type];
    if (side === undefined) return undefined;
    const key = digestOf([nodeOf(origin), subject]);
    const before = this.#turns.get(key);
    if (before?.side === side) return before.turn;
    const turn = ++this.#lastTurn;
    this.#turns.set(key, { side, turn });
    return turn;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Cached, since consecutive calls mostly come from brokers of one version. */
  #isOfRelease(text: string): boolean {
    if (text !== this.#version) {
      const version = readVersion(text);
      this.#version = text;
      this.#repeats = version !== undefined && callsTwice(version);
    }
    return this.#repeats;
  }
}

function digestOf(parts: readonly unknown[]): string {
  const text = JSON.stringify(parts, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  return createHash('sha1').update(text).digest('base64');
}
