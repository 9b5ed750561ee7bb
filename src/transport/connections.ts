/**
 * Decides when each HTTP/2 connection of a server may be closed.
 *
 * Brokers lose calls that they begin while a connection closes; before EMQX 5.10 they lose those in flight too. A
 * connection is therefore closed at a quiet moment (farewell.ts), and never two of one broker at once (departures.ts).
 * If no quiet moment comes in time, it is closed anyway, and calls in flight are still answered.
 */
import { Departures } from './departures.ts';
import { quietNeeded } from './farewell.ts';
import { ConnectionInFlight, type InFlight } from './in-flight.ts';

export interface ConnectionAge {
  /** Age at which a connection is recycled, so new replicas get their share. Milliseconds. */
  readonly maxAge: number;
  /** Share of `maxAge` by which connections vary: they are then not recycled all at once. */
  readonly jitter: number;
}

/** Shortest time that a connection to be closed may wait for a quiet moment, in milliseconds. */
const PATIENCE = 4_000;

/** The HTTP/2 session of a connection, of either transport. */
export interface Session {
  once(event: 'close', listener: () => void): unknown;
  /** Closes it at once. */
  destroy(): void;
}

export interface ConnectionWorld {
  readonly load: InFlight;
  readonly departures: Departures;
  /** Starts a graceful shutdown: no new streams, and an end when the open ones have ended. */
  readonly close: () => void;
  /** The address of the peer: groups the connections of one broker. */
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
  /** When a stream last began or ended. Known only once the connection is to be closed. */
  #lastActive = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(id: number, session: Session, world: ConnectionWorld) {
    this.id = id;
    this.session = session;
    this.#world = world;
    this.load = new ConnectionInFlight(world.load);
  }

  /** Number of endless streams. */
  get open(): number {
    return this.#open;
  }

  /** Records that a stream was opened. */
  began(): void {
    this.#open++;
    if (this.#farewell !== undefined) this.#lastActive = performance.now();
  }

  /** Records a request that was answered at once, without opening a stream. */
  served(): void {
    if (this.#farewell !== undefined) this.#lastActive = performance.now();
  }

  /** Records that a stream was closed. */
  ended(): void {
    this.#open--;
    if (this.#farewell === undefined) return;
    this.#lastActive = performance.now();
    if (this.#open === 0) this.#look();
  }

  /** Closes the connection at a quiet moment, or when its patience (milliseconds) is over. */
  retire(patience: number): void {
    const now = performance.now();
    // A second call, such as a drain, may only bring the moment forward.
    if (this.#farewell !== undefined && now + patience >= this.#farewell.since + this.#farewell.patience)
      return;
    if (this.#farewell === undefined) this.#lastActive = now;
    this.#farewell = { since: now, patience };
    this.#look();
  }

  forget(): void {
    clearTimeout(this.#timer);
  }

  /** Closes now, or schedules the next attempt. */
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
    // At least 1 ms: a timer may fire a little early.
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

  /** Number of endless streams, over all connections. */
  get open(): number {
    let open = 0;
    for (const connection of this.#bySession.values()) open += connection.open;
    return open;
  }

  /** @param close ends the connection gracefully. @param peer the address of the peer. */
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

  /** Closes all connections gracefully. Resolves when the last one has gone. `patience` is in milliseconds. */
  drain(patience: number): Promise<void> {
    this.#isDraining = true;
    // Half of the time is reserved for the last connections to find their moment.
    this.#departures.hurry(this.#bySession.size, patience / 2);
    for (const connection of this.#bySession.values()) connection.retire(patience);
    if (this.#bySession.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  /** Closes all connections at once. */
  destroy(): void {
    for (const { session } of this.#bySession.values()) session.destroy();
  }

  /** Half of the jitter spreads the connections; the other half is time to find a quiet moment. */
  #recycle(connection: Connection): NodeJS.Timeout | undefined {
    if (this.#age === undefined) return undefined;
    const { maxAge, jitter } = this.#age;
    const lifetime = maxAge * (1 - jitter * this.#random());
    return setTimeout(() => connection.retire(Math.max(PATIENCE, maxAge - lifetime)), lifetime).unref();
  }
}
