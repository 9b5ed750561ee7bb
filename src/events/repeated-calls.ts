/**
 * Ids of events for which the broker has none: those of clients, sessions and providers.
 *
 * Some releases make every call twice after an outage. With them, the event of a call that equals one of a moment ago, in
 * every field, gets the same id, so that sinks and readers drop the second as they do with messages. No event is
 * withheld: a client may really do the same twice.
 */
import { randomUUID } from 'node:crypto';
import { callsTwice, readVersion } from '../emqx/version.ts';
import { LruMap } from '../lib/lru.ts';
import { isSameData } from '../lib/same-data.ts';
import type { Event } from '../protocol/schema/event.ts';
import { nodeOf, type Origin } from '../sinks/cloudevents/stamp.ts';
import { estimateSafely } from './estimate.ts';

/** The second of two equal calls within this time counts as a repetition, in milliseconds: repetitions follow at once. */
const WINDOW = 2_000;
/** Clients, and callbacks of each, whose calls are remembered. */
const MAX_CALLS = 4096;
/** Different calls of one client to one callback that are remembered: it may subscribe to several filters at once. */
const MAX_RECENTS = 8;
/** Most bytes of all that is remembered: clients choose the texts. */
const MAX_BYTES = 8 * 2 ** 20;

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

interface Turn {
  readonly side: 'done' | 'undone';
  readonly turn: number;
  readonly bytes: number;
}

/** An event of a moment ago. */
interface Recent {
  readonly id: string;
  readonly at: number;
  readonly data: Event['data'];
  readonly turn: number | undefined;
  readonly bytes: number;
}

export class RepeatedCalls {
  readonly #now: () => number;
  readonly #random: () => string;
  /** By node, type and subject. */
  readonly #calls = new LruMap<string, readonly Recent[]>(MAX_CALLS, {
    max: MAX_BYTES,
    of: (recents) => recents.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  /** The last side of each client, and since which turn. */
  readonly #turns = new LruMap<string, Turn>(MAX_CALLS, { max: MAX_BYTES, of: ({ bytes }) => bytes });
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
    const key = keyOf(nodeOf(origin), event.type, event.subject);
    const now = this.#now();
    const { data } = event;
    const turn = this.#turnOf(event, origin);
    const recents = this.#calls.get(key)?.filter(({ at }) => now - at <= WINDOW) ?? [];
    const equal = recents.find((recent) => recent.turn === turn && isSameSafely(recent.data, data));
    if (equal !== undefined) return equal.id;
    const id = this.#random();
    const bytes = key.length + estimateSafely({ id, data });
    this.#calls.set(key, [...recents.slice(1 - MAX_RECENTS), { id, at: now, data, turn, bytes }]);
    return id;
  }

  /** Changes whenever a client undoes what it did, or does it again; nothing for calls that cannot be undone. */
  #turnOf({ type, subject }: Event, origin: Origin): number | undefined {
    const side = SIDES[type];
    if (side === undefined) return undefined;
    const key = keyOf(nodeOf(origin), '', subject);
    const before = this.#turns.get(key);
    if (before?.side === side) return before.turn;
    const turn = ++this.#lastTurn;
    this.#turns.set(key, { side, turn, bytes: key.length });
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

/** With lengths, so that no two keys read alike. */
function keyOf(node: string, type: string, subject = ''): string {
  return `${node.length} ${type.length} ${node}${type}${subject}`;
}

/** False for data that cannot be read: custom hooks may report anything. */
function isSameSafely(one: unknown, other: unknown): boolean {
  try {
    return isSameData(one, other);
  } catch {
    return false;
  }
}
