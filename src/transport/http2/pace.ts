/** Detects a peer that is too slow to send, or to read what was sent. */
import { ConnectionError, ErrorCode } from './error-code.ts';

export class Pace {
  readonly #now: () => number;
  readonly #timeout: number;
  /** Since when a frame, a header block or the start of the connection is incomplete. */
  #incompleteSince: number | undefined;
  /** Since when the peer has not read any of what waits. */
  #stalledSince: number | undefined;

  /** @param timeout milliseconds. */
  constructor(now: () => number, timeout: number) {
    this.#now = now;
    this.#timeout = timeout;
    this.#incompleteSince = now();
  }

  /** @param isIncomplete whether more must arrive. @param isAnother whether it is a new item, not the previous one. */
  received(isIncomplete: boolean, isAnother: boolean): void {
    if (!isIncomplete) this.#incompleteSince = undefined;
    else if (this.#incompleteSince === undefined || isAnother) this.#incompleteSince = this.#now();
  }

  /** Records that the peer has too much to read, and whether it has just read some of it. */
  stalled(): void {
    this.#stalledSince = this.#now();
  }

  recovered(): void {
    this.#stalledSince = undefined;
  }

  /** @returns ConnectionError ENHANCE_YOUR_CALM if the peer is too slow. */
  findProblem(): ConnectionError | undefined {
    const oldest = this.#now() - this.#timeout;
    if (this.#incompleteSince !== undefined && this.#incompleteSince < oldest)
      return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, 'a frame did not arrive in time', 'slow_frame');
    if (this.#stalledSince !== undefined && this.#stalledSince < oldest)
      return new ConnectionError(
        ErrorCode.ENHANCE_YOUR_CALM,
        'the peer does not read what was sent',
        'slow_reader',
      );
    return undefined;
  }
}
