/** What an HTTP/2 connection needs from outside: a byte stream, a clock and a timer. */
export interface Transport {
  /** @returns whether the bytes have already left, and their memory may be reused. */
  write(bytes: Uint8Array): boolean;
  /** Bytes written that have not left yet. */
  readonly backlog: number;
  /** Ends the stream once all written bytes have left. */
  end(): void;
  /** Stops reading until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Milliseconds; only differences are meaningful. */
  now(): number;
  /** Calls back at the end of the current turn: for gathered writes. */
  defer(callback: () => void): void;
  /** Calls back after this many milliseconds. */
  after(milliseconds: number, callback: () => void): void;
  /** Reports a change of the bytes that the connection itself holds. */
  hold(change: number): void;
}
