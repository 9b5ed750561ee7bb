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

/** Nothing to compare where the message was left as it came. */
type Entry = Print | undefined;

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
   * @param before as it came, when it was answered with another topic or payload.
   * @param mountpoint of its client.
   */
  add(id: string, before?: Content, mountpoint = ''): void {
    if (id === '' || id.length > MAX_LENGTH) return;
    this.#young.set(id, before && printOf(before, mountpoint));
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /**
   * Whether this message was judged, and the broker did what it was answered.
   *
   * A message that was answered as another and still is what it was: the answer came too late, or the broker could not
   * use it.
   */
  has(id: string, now: Content): boolean {
    const isYoung = this.#young.has(id);
    if (!isYoung && !this.#old.has(id)) return false;
    const before = (isYoung ? this.#young : this.#old).get(id);
    return before === undefined || !isAsBefore(before, now);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }
}

function printOf({ topic, payload }: Content, mountpoint: string): Print {
  const mounted = crc32(mountpoint + topic);
  return { topic: crc32(topic), mounted, payload: crc32(payload), bytes: payload.byteLength };
}

function isAsBefore(before: Print, { topic, payload }: Content): boolean {
  if (before.bytes !== payload.byteLength) return false;
  const print = crc32(topic);
  return (print === before.topic || print === before.mounted) && crc32(payload) === before.payload;
}
