/** What is held for calls that have no answer yet, and the limits past which a call is shed. */

import { PREFIX_BYTES } from './frame.ts';

export interface InFlightLimits {
  /** Calls waiting for a look-up, and as many again waiting for their body. */
  readonly inFlight: number;
  /** Bytes of requests and of replies that are held. */
  readonly queuedBytes: number;
  /** Largest message, in bytes: a connection may always hold one. */
  readonly messageBytes: number;
}

/** The part of all that may be held which one connection may take: one that never reads cannot starve the others. */
const CONNECTION_SHARE = 1 / 4;

/** Gauges shared by all connections of a process. */
export class InFlight {
  /** Calls that wait for a look-up. */
  deciding = 0;
  /** Bytes held. */
  bytes = 0;
  /** Calls shed since the start. */
  shed = 0;
  readonly limits: InFlightLimits;

  constructor(limits: InFlightLimits) {
    this.limits = limits;
  }

  /** Whether one more call may wait for a look-up. */
  mayDecide(): boolean {
    return this.deciding < this.limits.inFlight;
  }

  /** Counts a call from here until its result is there; one that has its result at once is not counted. */
  count<T>(result: T | Promise<T>): T | Promise<T> {
    if (!(result instanceof Promise)) return result;
    this.deciding++;
    // Not `finally`, which makes three more promises.
    return result.then(
      (settled) => {
        this.deciding--;
        return settled;
      },
      (error) => {
        this.deciding--;
        throw error;
      },
    );
  }
}

/** What one connection holds. */
export class ConnectionInFlight {
  /** Bytes held. */
  bytes = 0;
  readonly #all: InFlight;
  readonly #share: number;

  constructor(all: InFlight) {
    this.#all = all;
    const { queuedBytes, messageBytes } = all.limits;
    this.#share = Math.max(queuedBytes * CONNECTION_SHARE, messageBytes + PREFIX_BYTES);
  }

  mayHold(more: number): boolean {
    return this.bytes + more <= this.#share && this.#all.bytes + more <= this.#all.limits.queuedBytes;
  }

  /** Holds so many bytes more, or fewer. */
  hold(change: number): void {
    this.bytes += change;
    this.#all.bytes += change;
  }
}

/** What one request holds of what its connection may hold. */
export class Hold {
  #bytes = 0;
  readonly #connection: ConnectionInFlight;

  constructor(connection: ConnectionInFlight) {
    this.#connection = connection;
  }

  mayHold(more: number): boolean {
    return this.#connection.mayHold(more);
  }

  hold(change: number): void {
    this.#bytes += change;
    this.#connection.hold(change);
  }

  release(): void {
    this.hold(-this.#bytes);
  }
}
