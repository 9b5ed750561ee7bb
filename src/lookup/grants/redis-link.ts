/** One connection to Redis that is made again whenever it is lost. */
import { backoff, jitter } from '../../lib/backoff.ts';
import { loadRedis, redisOptions } from '../../lib/redis/client.ts';
import type { RedisPlace } from '../../lib/redis/place.ts';

export interface RedisLinkOptions extends RedisPlace {
  /** From 0 to 1: several instances do not come back at the same moment. */
  readonly random: () => number;
  /** The connection is lost; told once until it is back. The code is such as `ECONNREFUSED`. */
  readonly onLost: (error: unknown) => void;
  readonly onBack: () => void;
}

export interface RedisLink {
  /** Waits for a connection, as long as the signal lasts. @throws what Redis or its client library says. */
  send(command: readonly string[], signal: AbortSignal): Promise<string | null>;
  /** Drops a connection that does not answer, and makes another. */
  reconnect(): void;
  readonly isReady: boolean;
  close(): void;
}

/** Delays before the next attempt, in milliseconds: doubled up to the last. */
const FIRST_DELAY = 50;
const LAST_DELAY = 2000;

/** Commands that wait for a connection or an answer. More is a storm that Redis does not keep up with. */
const MAX_WAITING = 10_000;

/** Keeps a connection that is idle from being forgotten on the way, and notices when it was. */
const PING_EVERY = 10_000;

export async function createRedisLink(options: RedisLinkOptions): Promise<RedisLink> {
  const { createClient } = await loadRedis();
  let isLost = false;
  let isClosed = false;

  function lost(error: unknown): void {
    if (!isLost) options.onLost(error);
    isLost = true;
  }

  function back(): void {
    if (isLost) options.onBack();
    isLost = false;
  }

  function connect() {
    const client = createClient(clientOptions(options));
    client.on('error', (error) => client === current && lost(error));
    client.on('ready', () => client === current && back());
    // It tries until it is closed, and says so with "error".
    client.connect().catch(() => undefined);
    return client;
  }

  function reconnect(): void {
    if (isClosed) return;
    const old = current;
    current = connect();
    old.destroy();
  }

  let current: ReturnType<typeof connect> = connect();

  return {
    async send(command, signal) {
      const link = current;
      try {
        return await link.sendCommand<string | null>([...command], { abortSignal: signal });
      } catch (error) {
        // The server has become a replica: its name may lead to another one by now.
        if (/^READONLY /.test((error as Error).message) && link === current) reconnect();
        throw error;
      }
    },
    reconnect,
    get isReady() {
      return current.isReady;
    },
    close() {
      // The library throws when it is closed already.
      if (!isClosed) current.destroy();
      isClosed = true;
    },
  };
}

function clientOptions({ random, ...place }: RedisLinkOptions) {
  const reconnect = (retries: number): number =>
    jitter(backoff(retries + 1, { first: FIRST_DELAY, longest: LAST_DELAY }), random());
  return {
    ...redisOptions(place, reconnect),
    commandsQueueMaxLength: MAX_WAITING,
    pingInterval: PING_EVERY,
  };
}
