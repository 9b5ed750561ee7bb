/**
 * The HTTP/2 connections of a server: when each may be let go.
 *
 * Brokers before EMQX 5.10 lose the calls in flight when GOAWAY comes, so that a connection is closed at a
 * moment when it has nothing in flight; only when none comes in time is it closed all the same, and what is
 * in flight is still answered.
 */
import type { ServerHttp2Session } from 'node:http2';
import { ConnectionLoad, type Load } from './load.ts';

export interface ConnectionAge {
  /** Milliseconds after which a connection is recycled, so that new replicas get their share. */
  readonly maxAge: number;
  /** Part of `maxAge` by which connections differ, so that they are not recycled all at once. */
  readonly jitter: number;
}

/** How long a connection that is to be closed may wait for a quiet moment, in milliseconds. */
const PATIENCE = 4_000;

export class Connection {
  readonly id: number;
  readonly load: ConnectionLoad;
  readonly session: ServerHttp2Session;
  readonly #close: () => void;
  #open = 0;
  #isRetiring = false;
  #isGoing = false;
  #patience: NodeJS.Timeout | undefined;

  /** @param close lets the session go: no new streams, and an end when those that are open have ended. */
  constructor(id: number, session: ServerHttp2Session, load: Load, close: () => void) {
    this.id = id;
    this.session = session;
    this.#close = close;
    this.load = new ConnectionLoad(load);
  }

  /** Streams without an end. */
  get open(): number {
    return this.#open;
  }

  /** A stream was opened. */
  began(): void {
    this.#open++;
  }

  /** A stream has been closed. */
  ended(): void {
    this.#open--;
    if (this.#isRetiring && this.#open === 0) this.#goAway();
  }

  /** Closes the connection at its next quiet moment, or when its patience, in milliseconds, is at an end. */
  retire(patience: number): void {
    if (this.#isRetiring) return;
    this.#isRetiring = true;
    if (this.#open === 0) this.#goAway();
    else this.#patience = setTimeout(() => this.#goAway(), patience).unref();
  }

  forget(): void {
    clearTimeout(this.#patience);
  }

  #goAway(): void {
    clearTimeout(this.#patience);
    if (this.#isGoing) return;
    this.#isGoing = true;
    this.#close();
  }
}

export class Connections {
  readonly #load: Load;
  readonly #age: ConnectionAge | undefined;
  readonly #random: () => number;
  readonly #bySession = new Map<ServerHttp2Session, Connection>();
  #lastId = 0;
  #isDraining = false;
  readonly #emptied: (() => void)[] = [];

  constructor(load: Load, age?: ConnectionAge, random: () => number = Math.random) {
    this.#load = load;
    this.#age = age;
    this.#random = random;
  }

  get size(): number {
    return this.#bySession.size;
  }

  /** Streams without an end, on all connections. */
  get open(): number {
    let open = 0;
    for (const connection of this.#bySession.values()) open += connection.open;
    return open;
  }

  /** @param close how it is let go. */
  add(session: ServerHttp2Session, close: () => void): void {
    const connection = new Connection(++this.#lastId, session, this.#load, close);
    this.#bySession.set(session, connection);
    const recycle =
      this.#age && setTimeout(() => connection.retire(PATIENCE), this.#lifetime(this.#age)).unref();
    session.once('close', () => {
      clearTimeout(recycle);
      connection.forget();
      this.#bySession.delete(session);
      if (this.#bySession.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
    });
    if (this.#isDraining) connection.retire(PATIENCE);
  }

  get(session: ServerHttp2Session): Connection | undefined {
    return this.#bySession.get(session);
  }

  /** Lets every connection go. Resolves when the last one has gone. `patience` in milliseconds. */
  drain(patience: number): Promise<void> {
    this.#isDraining = true;
    for (const connection of this.#bySession.values()) connection.retire(patience);
    if (this.#bySession.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  /** Ends all connections at once. */
  destroy(): void {
    for (const { session } of this.#bySession.values()) session.destroy();
  }

  #lifetime({ maxAge, jitter }: ConnectionAge): number {
    return maxAge * (1 - jitter * this.#random());
  }
}
