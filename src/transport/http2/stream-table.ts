/** The streams of a connection, and a record of closed ones. [RFC 9113, section 5.1] */
import type { Stream } from './stream.ts';

/** Which side reset a stream. */
export type ResetBy = 'us' | 'peer';

/** Most resets to remember; frames of such a stream may still arrive. */
const MAX_REMEMBERED = 256;
/** Most gaps to remember: they only distinguish kinds of peer errors. */
const MAX_GAPS = 16;

export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #resets = new Map<number, ResetBy>();
  /** Up to this identifier, some resets are forgotten. */
  #forgotten = 0;
  /** Identifiers that the peer skipped: pairs of the first and last of a range. */
  readonly #gaps: (readonly [number, number])[] = [];
  #last = -1;

  /** The highest identifier that the peer has used; 0 if none. All above it are idle. */
  get last(): number {
    return Math.max(0, this.#last);
  }

  get size(): number {
    return this.#open.size;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  all(): Stream[] {
    return [...this.#open.values()];
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  delete(id: number): void {
    this.#open.delete(id);
  }

  isIdle(id: number): boolean {
    return id > this.#last;
  }

  /** Opens a stream: lower identifiers that were not used are then closed. [Section 5.1.1] */
  use(id: number): void {
    if (id > this.#last + 2 && this.#gaps.length < MAX_GAPS) this.#gaps.push([this.#last + 2, id - 2]);
    this.#last = id;
  }

  /** Whether the stream was closed without being used, as far as is known. */
  wasPassedOver(id: number): boolean {
    return this.#gaps.some(([first, last]) => id >= first && id <= last);
  }

  /** Records a RST_STREAM, which the other side may not have seen yet. */
  rememberReset(id: number, by: ResetBy): void {
    this.#resets.set(id, by);
    if (this.#resets.size <= MAX_REMEMBERED) return;
    const [oldest = 0] = this.#resets.keys();
    this.#resets.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
  }

  /**
   * Returns which side reset this stream, as far as is known. If unknown, assumes our side: its frames are harmless.
   */
  resetBy(id: number): ResetBy | undefined {
    return this.#resets.get(id) ?? (id <= this.#forgotten ? 'us' : undefined);
  }
}
