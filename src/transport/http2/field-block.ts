/** Collects a header block from several frames. [RFC 9113, sections 4.3 and 6.10] */
import { ConnectionError, ErrorCode } from './error-code.ts';

/** Same limit as nghttp2 (CVE-2024-27316): clients send none unless a block is larger than a frame. */
const MAX_CONTINUATIONS = 8;

export class FieldBlock {
  readonly stream: number;
  /** Whether the HEADERS frame had the flag END_STREAM. */
  readonly isLast: boolean;
  readonly #maxBytes: number;
  #bytes: Uint8Array;
  #continuations = 0;

  /** @param first copied, like all that follow. @param maxBytes of all fragments together. */
  constructor(stream: number, isLast: boolean, first: Uint8Array, maxBytes: number) {
    this.stream = stream;
    this.isLast = isLast;
    this.#maxBytes = maxBytes;
    // Not `slice`: on a Buffer it does not copy.
    this.#bytes = new Uint8Array(first);
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** @throws ConnectionError ENHANCE_YOUR_CALM if the block does not end. */
  add(fragment: Uint8Array): void {
    if (++this.#continuations > MAX_CONTINUATIONS) tooMuch('too many CONTINUATION frames');
    if (this.#bytes.length + fragment.length > this.#maxBytes) tooMuch('a header block is too large');
    const joined = new Uint8Array(this.#bytes.length + fragment.length);
    joined.set(this.#bytes);
    joined.set(fragment, this.#bytes.length);
    this.#bytes = joined;
  }
}

function tooMuch(message: string): never {
  throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, message, 'continuation_flood');
}
