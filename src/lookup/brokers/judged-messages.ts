/**
 * Remembers the messages that rules have judged at message.ingress. Message.publish does not judge them
 * again.
 *
 * Only judged messages are remembered. A call of message.ingress that was shed, failed or timed out leaves no
 * entry, and its message is judged at message.publish: brokers with failed_action = ignore let it pass.
 */
import { crc32 } from 'node:zlib';

/**
 * EMQX's message ids have 32 characters. Longer ids are not kept, which bounds the memory that a broker can
 * fill.
 */
const MAX_LENGTH = 64;

/** The parts of a message that rules can change. */
export interface Content {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** A message as received, in a form small enough to keep thousands. */
interface Print {
  readonly topic: number;
  /** message.ingress has topics without the client's mountpoint, message.publish with it. */
  readonly mounted: number;
  readonly payload: number;
  readonly bytes: number;
}

interface Entry {
  readonly print: Print;
  /** Whether the answer changed the message. */
  readonly isChanged: boolean;
}

export class JudgedMessages {
  /**
   * Two generations: the older one is dropped as a whole, because deleting the oldest entry of a set again
   * and again is slow.
   */
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  readonly #half: number;

  /** @param max the most messages kept; at least half of them always are. */
  constructor(max: number) {
    this.#half = Math.ceil(max / 2);
  }

  /**
   * @param before the message as received.
   * @param isChanged whether the answer changed its topic or payload.
   * @param mountpoint of the client.
   */
  add(id: string, before: Content, isChanged: boolean, mountpoint = ''): void {
    if (id === '' || id.length > MAX_LENGTH) return;
    this.#young.set(id, { print: printOf(before, isChanged, mountpoint), isChanged });
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /**
   * Reports whether this message was judged and the broker used the answer.
   *
   * False for a message that was changed but arrives unchanged: the answer came too late, or the broker could
   * not use it. False for one that was left unchanged and now has another topic: something else has
   * redirected it, and other rules apply there.
   */
  has(id: string, now: Content): boolean {
    const entry = this.#young.get(id) ?? this.#old.get(id);
    if (entry === undefined) return false;
    const { print, isChanged } = entry;
    if (!hasTopicOf(print, now)) return isChanged;
    return !isChanged || !hasPayloadOf(print, now);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}

function printOf({ topic, payload }: Content, isChanged: boolean, mountpoint: string): Print {
  const plain = crc32(topic);
  const mounted = mountpoint === '' ? plain : crc32(mountpoint + topic);
  return { topic: plain, mounted, payload: isChanged ? crc32(payload) : 0, bytes: payload.byteLength };
}

function hasTopicOf(before: Print, { topic }: Content): boolean {
  const print = crc32(topic);
  return print === before.topic || print === before.mounted;
}

function hasPayloadOf(before: Print, { payload }: Content): boolean {
  return before.bytes === payload.byteLength && crc32(payload) === before.payload;
}
