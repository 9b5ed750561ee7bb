/** The state of a listener's calls and connections. It is created before the port opens, for the operators' pages. */
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
  /** Time for a request body to arrive, in milliseconds. */
  readonly bodyTimeout: number;
  readonly inFlight: number;
  readonly queuedBytes: number;
  /** Most health watches in all. */
  readonly watches: number;
  readonly watchesPerConnection: number;
  readonly age?: ConnectionAge | undefined;
  /** Receives the reason why a connection was refused, for the operator's log. */
  readonly refused: (reason: string) => void;
}

export interface ListenerState {
  readonly health: Health;
  readonly load: InFlight;
  readonly connections: Connections;
  /** Peers' errors. Empty with node:http2, which does not report them. */
  readonly http2Errors: Http2Tally;
  /** Requests whose body has not arrived yet. */
  readonly waiting: PendingBodies;
  /** Streams whose answer has not been read yet. */
  readonly unread: UnreadAnswers;
  /** Health watches. */
  readonly watches: WatchLimit;
  /** Watches that are ending, until their caller has read the status. */
  readonly ending: UnreadAnswers;
}

/** Minimum time for a caller to read an answer, in milliseconds: longer than it has to end its request after that. */
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
