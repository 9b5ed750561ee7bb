/** Events to streams of Redis. A batch is one transaction: Redis takes all of it, in order, or nothing. */

import { readSecret } from '../../lib/secret.ts';
import { removeBrackets } from '../../lib/url-host.ts';
import type { OpenSink } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import { connectToRedis, loadRedis } from './connection.ts';
import type { RedisOptions } from './declaration.ts';
import { RedisSink } from './sink.ts';

const DEFAULT_PORT = 6379;

/** @throws TypeError when a secret or a certificate cannot be read or used. */
export const openRedis: OpenSink<RedisOptions> = async (options, { name, log, env }) => {
  const { protocol, hostname, port, pathname } = new URL(options.url);
  const isTls = protocol === 'rediss:';
  const [password, tls] = await Promise.all([
    options.password === undefined ? undefined : readSecret(options.password, env),
    readSinkTls(isTls ? options.tls || true : undefined),
    loadRedis(),
  ]);
  const place = {
    host: removeBrackets(hostname),
    port: Number(port || DEFAULT_PORT),
    database: Number(pathname.slice(1)),
    username: options.username,
    password,
    tls,
    timeout: options.timeout,
  };
  return new RedisSink({
    ...options,
    name,
    log,
    place: `Redis at ${hostname}:${place.port}`,
    connect: () => connectToRedis(place),
  });
};
