/** A forward cursor over bytes that never moves past their end. */
import { malformed } from './error.ts';

/** Below this length, building a string here is faster than calling the decoder. */
const SHORT_TEXT = 24;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  /** Returns to an earlier position. */
  back(at: number): void {
    this.#at = at;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw malformed('has data after its end');
  }

  /** Returns the next byte without consuming it; 0 at the end. */
  peek(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  byte(): number {
    return this.#bytes[this.skip(1)] as number;
  }

  /** Skips so many bytes; returns where they begin. */
  skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw malformed('ends too early');
    this.#at = start + length;
    return start;
  }

  /** Checks that so many bytes are left. */
  need(length: number): void {
    if (length > this.#bytes.length - this.#at) throw malformed('ends too early');
  }

  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Reads text of so many bytes of UTF-8. */
  utf8(length: number): string {
    const start = this.skip(length);
    return (length < SHORT_TEXT ? this.#ascii(start) : undefined) ?? this.#unicode(start);
  }

  #ascii(start: number): string | undefined {
    let text = '';
    for (let at = start; at < this.#at; at++) {
      const byte = this.#bytes[at] as number;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #unicode(start: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw malformed('has text that is not valid UTF-8');
    }
  }
}
