/** What a peer may still send: flow control of the receiving side. [RFC 9113, section 6.9] */
export class ReceiveWindow {
  readonly #size: number;
  #available: number;
  /** Bytes that were used, of which the peer does not know yet. */
  #consumed = 0;

  constructor(size: number) {
    this.#size = size;
    this.#available = size;
  }

  /** So many bytes have come. @returns whether the peer was allowed to send them. */
  take(bytes: number): boolean {
    this.#available -= bytes;
    return this.#available >= 0;
  }

  /**
   * So many bytes have been used.
   *
   * @returns the increment for a WINDOW_UPDATE, or 0 as long as that can wait: half of the window is left.
   */
  consume(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed * 2 < this.#size) return 0;
    const increment = this.#consumed;
    this.#consumed = 0;
    this.#available += increment;
    return increment;
  }
}
