/** Whether a peer is too slow: with what it sends, or with reading what was sent. */
import { ConnectionError, ErrorCode } from './error-code.ts';

export class Pace {
  readonly #now: () => number;
  readonly #timeout: number;
  /** Since when a frame, a header block or the beginning of the connection is not whole. */
  #incompleteSince: number | undefined;
  /** Since when nothing of what waits was read. */
  #stalledSince: number | undefined;

  /** @param timeout milliseconds. */
  constructor(now: () => number, timeout: number) {
    this.#now = now;
    this.#timeout = timeout;
    this.#incompleteSince = now();
  }

  /** @param isIncomplete whether more must come. @param isAnother whether it is not what had to come before. */
  received(isIncomplete: boolean, isAnother: boolean): void {
    if (!isIncomplete) this.#incompleteSince = undefined;
    else if (this.#incompleteSince === undefined || isAnother) this.#incompleteSince = this.#now();
  }

  /** The peer has too much to read, and has just read some of it or begun not to. */
  stalled(): void {
    this.#stalledSince = this.#now();
  }

  recovered(): void {
    this.#stalledSince = undefined;
  }

  /** @returns ConnectionError ENHANCE_YOUR_CALM when the peer is too slow. */
  findProblem(): ConnectionError | undefined {
    const oldest = this.#now() - this.#timeout;
    if (this.#incompleteSince !== undefined && this.#incompleteSince < oldest)
      return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'a frame did not come in time', 'slow_frame');
    if (this.#stalledSince !== undefined && this.#stalledSince < oldest)
      return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'what was sent is not read', 'slow_reader');
    return undefined;
  }
}
