/** What a peer may still send: flow control on the receiving side. [RFC 9113, section 6.9] */
export class ReceiveWindow {
  readonly #size: number;
  #available: number;
  /** Bytes that were consumed but not announced yet. */
  #consumed = 0;

  constructor(size: number) {
    this.#size = size;
    this.#available = size;
  }

  /** Counts received bytes. @returns whether the peer was allowed to send them. */
  take(bytes: number): boolean {
    this.#available -= bytes;
    return this.#available >= 0;
  }

  /**
   * Counts consumed bytes.
   *
   * @returns the increment for a WINDOW_UPDATE, or 0 while half of the window is left and it can wait.
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
