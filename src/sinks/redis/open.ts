/** Writes events to Redis streams. A batch is one transaction: Redis takes all of it, in order, or nothing. */

import { loadRedis } from '../../lib/redis/client.ts';
import { readRedisUrl } from '../../lib/redis/place.ts';
import { prepareAccess } from '../access.ts';
import type { OpenSink } from '../sink.ts';
import { connectToRedis } from './connection.ts';
import type { RedisOptions } from './declaration.ts';
import { RedisSink } from './sink.ts';

/** @throws TypeError if a secret or a certificate cannot be read or used. */
export const openRedis: OpenSink<RedisOptions> = async (options, world) => {
  const { isTls, name: place, ...address } = readRedisUrl(options.url);
  const secrets = { password: options.password, tls: isTls ? options.tls || true : undefined };
  const { password, tls } = await prepareAccess(loadRedis(), secrets, world);
  const { username, timeout } = options;
  const connect = () => connectToRedis({ ...address, username, password, tls, timeout });
  return new RedisSink({ ...options, name: world.name, log: world.log, place, connect });
};
