/**
 * Which connection may be ended now. A broker that loses two of its connections at once loses the calls of both while it
 * connects anew, so that those of one peer go one after another.
 */

/** How long after one connection of a peer the next may go, in milliseconds: time to connect anew. */
const PAUSE = 250;

export class Departures {
  /** When a connection of each peer went last. */
  readonly #last = new Map<string, number>();
  #pause = PAUSE;

  /** Makes the pause so short that all these connections can go in the time. @param milliseconds for all of them. */
  hurry(connections: number, milliseconds: number): void {
    this.#pause = Math.min(PAUSE, milliseconds / (connections + 1));
  }

  /** Milliseconds until a connection of this peer may go; 0 when it may now. */
  waitOf(peer: string, now: number): number {
    const last = this.#last.get(peer);
    return last === undefined ? 0 : Math.max(0, last + this.#pause - now);
  }

  /** A connection of this peer goes. */
  went(peer: string, now: number): void {
    for (const [other, at] of this.#last) if (now - at > PAUSE) this.#last.delete(other);
    this.#last.set(peer, now);
  }
}
