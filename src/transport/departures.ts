/**
 * Decides which connection may be closed now. A broker that loses two connections at once loses the calls of both while
 * it reconnects, so those of one peer are closed one after another.
 */

/** Pause between two connections of one peer, in milliseconds: time to reconnect. */
const PAUSE = 250;

export class Departures {
  /** When each peer last lost a connection. */
  readonly #last = new Map<string, number>();
  #pause = PAUSE;

  /**
   * Shortens the pause, so all these connections can be closed in the given time. @param milliseconds for all of them.
   */
  hurry(connections: number, milliseconds: number): void {
    this.#pause = Math.min(PAUSE, milliseconds / (connections + 1));
  }

  /** Returns the milliseconds until a connection of this peer may be closed; 0 if it may now. */
  waitOf(peer: string, now: number): number {
    const last = this.#last.get(peer);
    return last === undefined ? 0 : Math.max(0, last + this.#pause - now);
  }

  /** Records that a connection of this peer is closed. */
  went(peer: string, now: number): void {
    for (const [other, at] of this.#last) if (now - at > PAUSE) this.#last.delete(other);
    this.#last.set(peer, now);
  }
}
