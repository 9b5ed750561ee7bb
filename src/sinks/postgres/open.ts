/** Opens the sink: the library, TLS and the login. */

import { readSecret } from '../../lib/secret.ts';
import type { OpenSink } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import type { PostgresOptions } from './declaration.ts';
import { PostgresSink } from './sink.ts';

export const openPostgres: OpenSink<PostgresOptions> = async (options, world) => {
  const [{ Pool }, password, ssl] = await Promise.all([
    import('pg').then(({ default: pg }) => pg),
    options.password === undefined ? undefined : readSecret(options.password, world.env),
    readSinkTls(options.tls),
  ]);
  const { host, port, database, user, connections, timeout } = options;
  const pool = new Pool({
    host,
    port,
    database,
    user,
    password: password ?? '',
    ssl: ssl ?? false,
    max: connections,
    connectionTimeoutMillis: timeout,
    statement_timeout: timeout,
    // The server may be out of reach and unable to tell; a little later than its own limit.
    query_timeout: timeout + 1000,
    keepAlive: true,
    application_name: 'exhook-edge',
  });
  // A connection that breaks while it is idle: the next batch opens another one.
  pool.on('error', () => {});
  return new PostgresSink(pool, options, world);
};
