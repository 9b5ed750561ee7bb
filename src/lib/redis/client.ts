/**
 * Makes connections to Redis, for grants and for the sink. The two differ only in their reconnect strategy.
 */
import type { RedisPlace } from './place.ts';

/** Milliseconds before the next attempt, or `false` for none. */
export type ReconnectStrategy = false | ((retries: number) => number);

/** Loads the Redis client. Await it before the port opens: file descriptors may be exhausted later. */
export async function loadRedis() {
  // CommonJS: a bundler finds only its default export.
  return (await import('@redis/client')).default;
}

/** Returns the options that all connections share. */
export function redisOptions(place: RedisPlace, reconnectStrategy: ReconnectStrategy) {
  const { host, port, database, username, password, tls, timeout } = place;
  const socket = { host, port, connectTimeout: timeout, reconnectStrategy };
  return {
    socket: tls === undefined ? socket : { ...socket, ...tls, tls: true as const },
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // Sufficient, and every server and proxy supports it.
    RESP: 2 as const,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
  };
}
