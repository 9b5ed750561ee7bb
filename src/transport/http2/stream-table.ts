/** The streams of a connection, and what is still known of those that are closed. [RFC 9113, section 5.1] */
import type { Stream } from './stream.ts';

/** Who has reset a stream. */
export type ResetBy = 'us' | 'peer';

/** So many resets are remembered; frames of such a stream may be on their way. */
const MAX_REMEMBERED = 256;
/** And so many gaps: they only tell one error of a peer from another. */
const MAX_GAPS = 16;

export class StreamTable {
  readonly #open = new Map<number, Stream>();
  readonly #resets = new Map<number, ResetBy>();
  /** Of resets up to this identifier some are forgotten. */
  #forgotten = 0;
  /** Identifiers that the peer has passed over, each pair the first and the last of a range. */
  readonly #gaps: (readonly [number, number])[] = [];
  #last = -1;

  /** The highest identifier that the peer has used; 0 when it has used none. All above it are idle. */
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

  /** The peer opens a stream: those below that it has not used are closed. [Section 5.1.1] */
  use(id: number): void {
    if (id > this.#last + 2 && this.#gaps.length < MAX_GAPS) this.#gaps.push([this.#last + 2, id - 2]);
    this.#last = id;
  }

  /** Whether the stream was closed without having been used, as far as that is known. */
  wasPassedOver(id: number): boolean {
    return this.#gaps.some(([first, last]) => id >= first && id <= last);
  }

  /** The stream was closed by RST_STREAM, which the other side may not have seen yet. */
  rememberReset(id: number, by: ResetBy): void {
    this.#resets.set(id, by);
    if (this.#resets.size <= MAX_REMEMBERED) return;
    const [oldest = 0] = this.#resets.keys();
    this.#resets.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
  }

  /** Who has reset this stream, as far as that is known; in doubt it was us, and its frames do no harm. */
  resetBy(id: number): ResetBy | undefined {
    return this.#resets.get(id) ?? (id <= this.#forgotten ? 'us' : undefined);
  }
}
