/** Events to streams of Redis. A batch is one transaction: Redis takes all of it, in order, or nothing. */

import { loadRedis } from '../../lib/redis/client.ts';
import { readRedisUrl } from '../../lib/redis/place.ts';
import { readSecret } from '../../lib/secret.ts';
import type { OpenSink } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import { connectToRedis } from './connection.ts';
import type { RedisOptions } from './declaration.ts';
import { RedisSink } from './sink.ts';

/** @throws TypeError when a secret or a certificate cannot be read or used. */
export const openRedis: OpenSink<RedisOptions> = async (options, { name, log, env }) => {
  const { isTls, name: place, ...address } = readRedisUrl(options.url);
  const [password, tls] = await Promise.all([
    options.password === undefined ? undefined : readSecret(options.password, env),
    readSinkTls(isTls ? options.tls || true : undefined),
    loadRedis(),
  ]);
  const { username, timeout } = options;
  const connect = () => connectToRedis({ ...address, username, password, tls, timeout });
  return new RedisSink({ ...options, name, log, place, connect });
};
