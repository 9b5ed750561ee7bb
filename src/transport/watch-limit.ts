/**
 * Streams that last: health watches, over gRPC, gRPC-Web and Connect. Each holds memory for as long as its caller
 * likes, so that they have a limit for each connection and one in all. Past it the oldest is ended, with a status:
 * a caller that is alive watches again.
 */
import { type Link, LinkedList } from '../lib/linked-list.ts';

export interface WatchLimits {
  readonly watches: number;
  readonly watchesPerConnection: number;
}

/** The reason of a server that drains. */
export const STOPPING = 'the server is stopping';

/** Ends a stream; the reason is for its caller and for the log. */
export type EndStream = (reason: string) => void;

/** So many times its limit of watches may begin at once: room for ends that are on their way. */
const CROWD = 4;

interface Watch {
  readonly connection: object;
  readonly end: EndStream;
}

interface Places {
  readonly inAll: Link<Watch>;
  readonly onConnection: Link<Watch>;
}

export class WatchLimit {
  readonly #limits: WatchLimits;
  readonly #told: (reason: string) => void;
  #isClosed = false;
  readonly #inAll = new LinkedList<Watch>();
  readonly #byConnection = new Map<object, LinkedList<Watch>>();
  #begun = 0;
  readonly #begunOn = new WeakMap<object, number>();
  readonly #places = new Map<Watch, Places>();

  /** @param told why streams are ended, in words for the operator. */
  constructor(limits: WatchLimits, told: (reason: string) => void = () => {}) {
    this.#limits = limits;
    this.#told = told;
  }

  /**
   * Whether one more may begin. A crowd that comes in one packet is refused at once, since the memory of all is
   * taken before the first is ended.
   */
  mayBegin(connection: object): boolean {
    const { watches, watchesPerConnection } = this.#limits;
    return (
      this.#begun < CROWD * watches && (this.#begunOn.get(connection) ?? 0) < CROWD * watchesPerConnection
    );
  }

  /** A request has come. @returns takes it out again, when its stream is closed. */
  begin(connection: object): () => void {
    this.#count(connection, 1);
    return () => this.#count(connection, -1);
  }

  #count(connection: object, change: 1 | -1): void {
    this.#begun += change;
    this.#begunOn.set(connection, (this.#begunOn.get(connection) ?? 0) + change);
  }

  get size(): number {
    return this.#inAll.size;
  }

  /** @returns takes the stream out again, when it has ended. */
  enter(connection: object, end: EndStream): () => void {
    const watch = { connection, end };
    const siblings = this.#byConnection.get(connection) ?? new LinkedList<Watch>();
    this.#byConnection.set(connection, siblings);
    this.#places.set(watch, { inAll: this.#inAll.add(watch), onConnection: siblings.add(watch) });
    if (siblings.size > this.#limits.watchesPerConnection)
      this.#tooMany(siblings, 'too many watches on one connection: limits.watchesPerConnection');
    else if (this.#inAll.size > this.#limits.watches)
      this.#tooMany(this.#inAll, 'too many watches: limits.watches');
    if (this.#isClosed) this.#endFirst(this.#inAll, STOPPING);
    return () => this.#remove(watch);
  }

  /** Ends all: the server drains. Later ones end at once. */
  close(): void {
    this.#isClosed = true;
    while (this.#inAll.size > 0) this.#endFirst(this.#inAll, STOPPING);
  }

  #tooMany(list: LinkedList<Watch>, reason: string): void {
    this.#told(`${reason}; the oldest is ended`);
    this.#endFirst(list, reason);
  }

  #endFirst(list: LinkedList<Watch>, reason: string): void {
    const oldest = list.first?.item;
    if (oldest === undefined) return;
    this.#remove(oldest);
    oldest.end(reason);
  }

  #remove(watch: Watch): void {
    const places = this.#places.get(watch);
    if (places === undefined) return;
    this.#places.delete(watch);
    places.inAll.remove();
    places.onConnection.remove();
    if (this.#byConnection.get(watch.connection)?.size === 0) this.#byConnection.delete(watch.connection);
  }
}
