/** How a connection to Redis is made, for grants and for the sink. They differ in who makes the next one. */
import type { RedisPlace } from './place.ts';

/** Milliseconds before the next attempt, or `false` when there is none. */
export type ReconnectStrategy = false | ((retries: number) => number);

/** To be awaited before the port opens: a connection may be made when no file can be opened. */
export async function loadRedis() {
  // CommonJS: a bundler finds no names in it, only the default.
  return (await import('@redis/client')).default;
}

/** What is the same for every connection. */
export function redisOptions(place: RedisPlace, reconnectStrategy: ReconnectStrategy) {
  const { host, port, database, username, password, tls, timeout } = place;
  const socket = { host, port, connectTimeout: timeout, reconnectStrategy };
  return {
    socket: tls === undefined ? socket : { ...socket, ...tls, tls: true as const },
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // All that is needed, and every server and proxy knows it.
    RESP: 2 as const,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
  };
}
