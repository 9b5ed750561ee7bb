/** Keeps one connection to Redis and reconnects when it is lost. */
import { backoff, jitter } from '../../lib/backoff.ts';
import { loadRedis, redisOptions } from '../../lib/redis/client.ts';
import type { RedisPlace } from '../../lib/redis/place.ts';
import { sleep } from '../../lib/sleep.ts';

export interface RedisLinkOptions extends RedisPlace {
  /** From 0 to 1. Spreads the reconnects of several instances. */
  readonly random: () => number;
  /** Called once per lost connection. The error has a code such as `ECONNREFUSED`. */
  readonly onLost: (error: unknown) => void;
  readonly onBack: () => void;
}

export interface RedisLink {
  /**
   * Sends a command; waits for a connection until the signal ends. @throws the errors of Redis or its client
   * library.
   */
  send(command: readonly string[], signal: AbortSignal): Promise<string | null>;
  /** Drops an unresponsive connection and opens another. */
  reconnect(): void;
  readonly isReady: boolean;
  close(): void;
}

/** Delays before the next attempt, in milliseconds: doubled up to the last. */
const FIRST_DELAY = 50;
const LAST_DELAY = 2000;

/** Most commands that wait for a connection or an answer. More means that Redis cannot keep up. */
const MAX_WAITING = 10_000;

/** Keeps idle connections from being dropped by the network, and detects when they were. */
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
    // The library retries until it is closed, and emits "error".
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
      for (;;) {
        const link = current;
        try {
          return await link.sendCommand<string | null>([...command], { abortSignal: signal });
        } catch (error) {
          const { message } = error as Error;
          // The server has become a replica; its name may resolve to another server by now.
          if (/^READONLY /.test(message) && link === current) reconnect();
          if (!/^LOADING /.test(message)) throw error;
        }
        // It has just started, and reads its data: as good as a connection that is not there yet.
        await sleep(FIRST_DELAY, { signal });
      }
    },
    reconnect,
    get isReady() {
      return current.isReady;
    },
    close() {
      // The library throws when it is already closed.
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
