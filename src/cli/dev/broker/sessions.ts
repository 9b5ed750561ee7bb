/** Who has which session: the connection that uses it, or the last one of a session that waits for its client. */
import type { Channel } from './channel.ts';

/** Sessions without a connection; beyond it the one that has waited longest ends. */
const MAX_WAITING = 10_000;

export class Sessions {
  readonly #owners = new Map<string, Channel>();
  /** In the order in which they began to wait. */
  readonly #waiting = new Set<Channel>();

  /** Gives the session of a client id to a connection. @returns the one that had it. */
  claim(channel: Channel): Channel | undefined {
    const previous = this.#owners.get(channel.id);
    this.#owners.set(channel.id, channel);
    if (previous !== undefined) this.#waiting.delete(previous);
    return previous;
  }

  /** The connection is gone, and its session stays. @returns one that has to end for it. */
  keep(channel: Channel): Channel | undefined {
    this.#waiting.add(channel);
    if (this.#waiting.size <= MAX_WAITING) return undefined;
    const [oldest] = this.#waiting;
    return oldest;
  }

  /** @returns whether the session was this connection's. */
  end(channel: Channel): boolean {
    this.#waiting.delete(channel);
    return this.#owners.get(channel.id) === channel && this.#owners.delete(channel.id);
  }
}
