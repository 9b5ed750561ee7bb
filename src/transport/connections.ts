/**
 * The HTTP/2 connections of a server: when each may be let go.
 *
 * Brokers lose calls that they begin while a connection ends, and those before EMQX 5.10 the ones in flight too. So a
 * connection is ended at a quiet moment (farewell.ts), and never two of one broker at once (departures.ts); only
 * when no such moment comes in time is it ended all the same, and what is in flight is still answered.
 */
import { Departures } from './departures.ts';
import { quietNeeded } from './farewell.ts';
import { ConnectionInFlight, type InFlight } from './in-flight.ts';

export interface ConnectionAge {
  /** Milliseconds after which a connection is recycled, so that new replicas get their share. */
  readonly maxAge: number;
  /** Part of `maxAge` by which connections differ, so that they are not recycled all at once. */
  readonly jitter: number;
}

/** How long at least a connection that is to be ended may wait for a quiet moment, in milliseconds. */
const PATIENCE = 4_000;

/** What carries the streams of a connection, whoever speaks HTTP/2 on it. */
export interface Session {
  once(event: 'close', listener: () => void): unknown;
  /** Ends it at once. */
  destroy(): void;
}

export interface ConnectionWorld {
  readonly load: InFlight;
  readonly departures: Departures;
  /** Lets the session go: no new streams, and an end when those that are open have ended. */
  readonly close: () => void;
  /** The address of the other side: what tells the connections of one broker from those of others. */
  readonly peer: string;
}

export class Connection {
  readonly id: number;
  readonly load: ConnectionInFlight;
  readonly session: Session;
  readonly #world: ConnectionWorld;
  #open = 0;
  #isGoing = false;
  #farewell: { readonly since: number; readonly patience: number } | undefined;
  /** When a stream began or ended last; known only while the connection is to be ended. */
  #lastActive = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: number, session: Session, world: ConnectionWorld) {
    this.id = id;
    this.session = session;
    this.#world = world;
    this.load = new ConnectionInFlight(world.load);
  }

  /** Streams without an end. */
  get open(): number {
    return this.#open;
  }

  /** A stream was opened. */
  began(): void {
    this.#open++;
    if (this.#farewell !== undefined) this.#lastActive = performance.now();
  }

  /** A request came, and its answer is on its way: no stream was open in between. */
  served(): void {
    if (this.#farewell !== undefined) this.#lastActive = performance.now();
  }

  /** A stream has been closed. */
  ended(): void {
    this.#open--;
    if (this.#farewell === undefined) return;
    this.#lastActive = performance.now();
    if (this.#open === 0) this.#look();
  }

  /** Ends the connection at a quiet moment, or when its patience, in milliseconds, is over. */
  retire(patience: number): void {
    const now = performance.now();
    // What is told again may only make it sooner, as a drain does.
    if (this.#farewell !== undefined && now + patience >= this.#farewell.since + this.#farewell.patience)
      return;
    if (this.#farewell === undefined) this.#lastActive = now;
    this.#farewell = { since: now, patience };
    this.#look();
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  /** Goes now, or looks again when it may be able to. */
  #look(): void {
    if (this.#farewell === undefined || this.#isGoing) return;
    const now = performance.now();
    const { since, patience } = this.#farewell;
    const left = since + patience - now;
    const wait = this.#open > 0 ? left : Math.min(left, this.#waitForQuiet(now, now - since, patience));
    if (left <= 0 || wait <= 0) {
      this.#goAway(now);
      return;
    }
    clearTimeout(this.#timer);
    // At least one: a timer may fire a little early.
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(wait))).unref();
  }

  #waitForQuiet(now: number, elapsed: number, patience: number): number {
    const quiet = quietNeeded(elapsed, patience) - (now - this.#lastActive);
    return Math.max(quiet, this.#world.departures.waitOf(this.#world.peer, now));
  }

  #goAway(now: number): void {
    clearTimeout(this.#timer);
    this.#isGoing = true;
    this.#world.departures.went(this.#world.peer, now);
    this.#world.close();
  }
}

export class Connections {
  readonly #load: InFlight;
  readonly #age: ConnectionAge | undefined;
  readonly #random: () => number;
  readonly #bySession = new Map<Session, Connection>();
  #lastId = 0;
  #isDraining = false;
  readonly #emptied: (() => void)[] = [];
  readonly #departures = new Departures();

  constructor(load: InFlight, age?: ConnectionAge, random: () => number = Math.random) {
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

  /** @param close how it is let go. @param peer the address of the other side. */
  add(session: Session, close: () => void, peer = ''): Connection {
    const world = { load: this.#load, departures: this.#departures, close, peer };
    const connection = new Connection(++this.#lastId, session, world);
    this.#bySession.set(session, connection);
    const recycle = this.#recycle(connection);
    session.once('close', () => {
      clearTimeout(recycle);
      connection.forget();
      this.#bySession.delete(session);
      if (this.#bySession.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
    });
    if (this.#isDraining) connection.retire(PATIENCE);
    return connection;
  }

  get(session: Session): Connection | undefined {
    return this.#bySession.get(session);
  }

  /** Lets every connection go. Resolves when the last one has gone. `patience` in milliseconds. */
  drain(patience: number): Promise<void> {
    this.#isDraining = true;
    // Half of the time is for the last of them to find its moment.
    this.#departures.hurry(this.#bySession.size, patience / 2);
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

  /** The jitter is for connections to differ, and to wait for the quietest moment of what is left of it. */
  #recycle(connection: Connection): NodeJS.Timeout | undefined {
    if (this.#age === undefined) return undefined;
    const { maxAge, jitter } = this.#age;
    const lifetime = maxAge * (1 - jitter * this.#random());
    return setTimeout(() => connection.retire(Math.max(PATIENCE, maxAge - lifetime)), lifetime).unref();
  }
}
