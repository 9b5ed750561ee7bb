/** Splits the chunks of a connection into frames. A frame that is whole in a chunk is not copied. */
import { frameSizeError, protocolError } from './error-code.ts';
import { DEFAULT_MAX_FRAME_SIZE, FRAME_HEADER_BYTES, readUint24 } from './frame.ts';

/** [RFC 9113, section 3.4] */
const PREFACE = new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Initial memory for an incomplete frame, in bytes; it grows as data arrives. It is part of the base cost of a
 * connection; only what exceeds it counts as held.
 */
const FIRST_BYTES = 256;

/**
 * Takes the frame from `at` to `next`.
 *
 * @param limit end of the bytes: frames up to it are already there.
 * @returns where the next frame begins: `next`, or later if more than one was taken.
 */
export type TakeFrame = (bytes: Uint8Array, at: number, next: number, limit: number) => number;

export class FrameReader {
  readonly #take: TakeFrame;
  readonly #hold: (change: number) => void;
  /** Bytes of the preface received so far. */
  #preface = 0;
  /** The beginning of a frame, in memory that may have spare room. */
  #partial: Uint8Array | undefined;
  #size = 0;

  /** @param hold called with the change of memory held. */
  constructor(take: TakeFrame, hold: (change: number) => void) {
    this.#take = take;
    this.#hold = hold;
  }

  /** Whether the preface or a frame is incomplete. */
  get isIncomplete(): boolean {
    return this.#preface < PREFACE.length || this.#partial !== undefined;
  }

  /** @throws ConnectionError, and what the taker throws. */
  read(chunk: Uint8Array): void {
    let at = this.#preface < PREFACE.length ? this.#readPreface(chunk) : 0;
    if (this.#partial !== undefined) at = this.#complete(chunk, at);
    const end = chunk.length;
    while (at + FRAME_HEADER_BYTES <= end) {
      const next = at + frameSize(chunk, at);
      if (next > end) break;
      at = this.#take(chunk, at, next, end);
    }
    if (at < end) this.#begin(chunk, at);
  }

  /** Releases what was kept. */
  close(): void {
    this.#hold(-heldBy(this.#partial));
    this.#partial = undefined;
  }

  /** @returns the position in the chunk after it. */
  #readPreface(chunk: Uint8Array): number {
    let at = 0;
    for (; at < chunk.length && this.#preface < PREFACE.length; at++)
      if (chunk[at] !== PREFACE[this.#preface++]) protocolError('not the connection preface of HTTP/2');
    return at;
  }

  #begin(chunk: Uint8Array, at: number): void {
    this.#size = 0;
    this.#append(chunk, at, chunk.length);
  }

  /** Continues an incomplete frame. @returns the position in the chunk after it, which may be the end of the chunk. */
  #complete(chunk: Uint8Array, from: number): number {
    let at = from;
    // The frame header comes first: it has the length.
    for (let needed = this.#needed(); this.#size < needed; needed = this.#needed()) {
      if (at === chunk.length) return at;
      const end = Math.min(chunk.length, at + needed - this.#size);
      this.#append(chunk, at, end);
      at = end;
    }
    const frame = this.#partial as Uint8Array;
    this.close();
    this.#take(frame, 0, this.#size, this.#size);
    return at;
  }

  /** Bytes of the frame, as far as its header tells. */
  #needed(): number {
    return this.#size < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : frameSize(this.#partial as Uint8Array, 0);
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    const size = this.#size + end - start;
    const before = this.#partial;
    if (before === undefined || before.length < size) {
      const room = new Uint8Array(Math.max(FIRST_BYTES, size, 2 * this.#size));
      if (before !== undefined) room.set(before.subarray(0, this.#size));
      this.#hold(heldBy(room) - heldBy(before));
      this.#partial = room;
    }
    this.#partial?.set(chunk.subarray(start, end), this.#size);
    this.#size = size;
  }
}

function heldBy(partial: Uint8Array | undefined): number {
  return Math.max(0, (partial?.length ?? 0) - FIRST_BYTES);
}

/** Includes the header. @throws ConnectionError FRAME_SIZE_ERROR [RFC 9113, section 4.2] */
function frameSize(bytes: Uint8Array, at: number): number {
  const length = readUint24(bytes, at);
  if (length > DEFAULT_MAX_FRAME_SIZE) frameSizeError('a frame is larger than SETTINGS_MAX_FRAME_SIZE');
  return FRAME_HEADER_BYTES + length;
}
