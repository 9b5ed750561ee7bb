/** What a connection of HTTP/2 needs from the world: a stream of bytes, a clock and a timer. */
export interface Transport {
  /** @returns whether the bytes have left already, so that their memory may be used again. */
  write(bytes: Uint8Array): boolean;
  /** Bytes that were written and have not left yet. */
  readonly backlog: number;
  /** Ends the stream when all that was written has left. */
  end(): void;
  /** Reads no more until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Milliseconds; only differences matter. */
  now(): number;
  /** Calls back when the current turn is over: for writes that are gathered. */
  defer(callback: () => void): void;
  /** Calls back after so many milliseconds. */
  after(milliseconds: number, callback: () => void): void;
  /** The connection itself holds so many bytes more, or fewer. */
  hold(change: number): void;
}
