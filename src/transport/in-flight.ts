/** Counts what is held for unanswered calls, and the limits above which calls are shed. */

import { PREFIX_BYTES } from './frame.ts';

export interface InFlightLimits {
  /** Most calls that wait for a look-up, and as many again that wait for their body. */
  readonly inFlight: number;
  /** Most bytes of requests and replies held. */
  readonly queuedBytes: number;
  /** Largest message, in bytes: a connection may always hold one. */
  readonly messageBytes: number;
}

/** Share of the byte limit that one connection may hold: one that never reads cannot starve the others. */
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

  /** Reports a change of the bytes held. */
  hold(change: number): void {
    this.bytes += change;
    this.#all.bytes += change;
  }
}

/** Counts what one request holds of its connection's share. */
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
