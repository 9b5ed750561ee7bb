/**
 * Limits long-lived streams: health watches over gRPC, gRPC-Web and Connect. Each holds memory as long as its caller
 * likes. There is a limit per connection and one in all. Above it the oldest is ended with a status; a caller that is
 * alive watches again.
 */
import { type Link, LinkedList } from '../lib/linked-list.ts';

export interface WatchLimits {
  readonly watches: number;
  readonly watchesPerConnection: number;
}

/** The reason given by a draining server. */
export const STOPPING = 'the server is stopping';

/** Ends a stream; the reason is for its caller and the log. */
export type EndStream = (reason: string) => void;

/** How many times the limit of watches may begin at once: room for those that are ending. */
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

  /** @param told receives the reason why streams are ended, for the operator's log. */
  constructor(limits: WatchLimits, told: (reason: string) => void = () => {}) {
    this.#limits = limits;
    this.#told = told;
  }

  /**
   * Whether one more may begin. A crowd in one packet is refused at once, because all of their memory is taken before
   * the first is ended.
   */
  mayBegin(connection: object): boolean {
    const { watches, watchesPerConnection } = this.#limits;
    return (
      this.#begun < CROWD * watches && (this.#begunOn.get(connection) ?? 0) < CROWD * watchesPerConnection
    );
  }

  /** Records a request. @returns removes it again; call it when its stream is closed. */
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

  /** @returns removes the stream again; call it when it has ended. */
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
    this.#told(`${reason}; the oldest one was ended`);
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
