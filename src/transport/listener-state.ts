/** What a listener knows of its calls and connections. It is made before the port opens, so that pages can tell of it. */
import { serviceNames } from '../protocol/wire/rpc.ts';
import { type ConnectionAge, Connections } from './connections.ts';
import { HEALTH_SERVICE, Health } from './health.ts';
import { Http2Tally } from './http2-tally.ts';
import { InFlight } from './in-flight.ts';
import { PendingBodies } from './pending-bodies.ts';
import { UnreadAnswers } from './unread.ts';
import { WatchLimit } from './watch-limit.ts';

export interface ListenerLimits {
  /** Largest message, in bytes. */
  readonly messageBytes: number;
  /** Milliseconds in which a request body must have come. */
  readonly bodyTimeout: number;
  readonly inFlight: number;
  readonly queuedBytes: number;
  /** Health watches in all. */
  readonly watches: number;
  readonly watchesPerConnection: number;
  readonly age?: ConnectionAge | undefined;
  /** Told why a connection was refused, in words for the operator. */
  readonly refused: (reason: string) => void;
}

export interface ListenerState {
  readonly health: Health;
  readonly load: InFlight;
  readonly connections: Connections;
  /** What peers did wrong. Empty with node:http2, which does not say. */
  readonly http2Errors: Http2Tally;
  /** The requests whose body has not come yet. */
  readonly waiting: PendingBodies;
  /** The streams whose answer was not read yet. */
  readonly unread: UnreadAnswers;
  /** Health watches. */
  readonly watches: WatchLimit;
  /** Watches that end, until their caller has read so. */
  readonly ending: UnreadAnswers;
}

/** Milliseconds that a caller has at least to read an answer: more than it has to end its request after that. */
const SHORTEST_READ = 2_000;

export function createListenerState(limits: ListenerLimits): ListenerState {
  const { bodyTimeout, inFlight, watches, age, refused } = limits;
  const load = new InFlight(limits);
  const readTimeout = Math.max(bodyTimeout, SHORTEST_READ);
  return {
    health: new Health([...serviceNames, HEALTH_SERVICE]),
    load,
    connections: new Connections(load, age),
    http2Errors: new Http2Tally(),
    waiting: new PendingBodies(bodyTimeout, inFlight),
    unread: new UnreadAnswers(readTimeout, inFlight),
    watches: new WatchLimit(limits, refused),
    ending: new UnreadAnswers(readTimeout, watches),
  };
}
