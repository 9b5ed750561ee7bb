/**
 * The messages that rules have judged at message.ingress, so that message.publish does not judge them again.
 *
 * Only what was judged is remembered. A call of message.ingress that was shed, failed, or came too late leaves no
 * trace here, and its message is judged at message.publish: brokers with failed_action = ignore let it go on.
 */
import { crc32 } from 'node:zlib';

/** Longer ids are not those of EMQX (32 characters), and are not kept: what a broker sends must not fill the memory. */
const MAX_LENGTH = 64;

/** What of a message rules change. */
export interface Content {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** A message as it came, small enough to be kept by the thousand. */
interface Print {
  readonly topic: number;
  /** message.ingress has topics without the mountpoint of their client, message.publish with it. */
  readonly mounted: number;
  readonly payload: number;
  readonly bytes: number;
}

interface Entry {
  readonly print: Print;
  /** Whether it was answered as another one. */
  readonly isChanged: boolean;
}

export class JudgedMessages {
  /** Two halves: the older one is dropped whole, since deleting the oldest of a set again and again is slow. */
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  readonly #half: number;

  /** @param max how many are kept at most; at least half of them always are. */
  constructor(max: number) {
    this.#half = Math.ceil(max / 2);
  }

  /**
   * @param before as it came.
   * @param isChanged whether it was answered with another topic or payload.
   * @param mountpoint of its client.
   */
  add(id: string, before: Content, isChanged: boolean, mountpoint = ''): void {
    if (id === '' || id.length > MAX_LENGTH) return;
    this.#young.set(id, { print: printOf(before, isChanged, mountpoint), isChanged });
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /**
   * Whether this message was judged, and the broker did what it was answered.
   *
   * A message that was answered as another and still is what it was: the answer came too late, or the broker could not
   * use it. One that was left as it came and has another topic now: something else has sent it elsewhere, where other
   * rules hold.
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
