/** Opens the sink: the library, TLS and the login. */

import { prepareAccess } from '../access.ts';
import type { OpenSink } from '../sink.ts';
import type { PostgresOptions } from './declaration.ts';
import { PostgresSink } from './sink.ts';

export const openPostgres: OpenSink<PostgresOptions> = async (options, world) => {
  const { library, password, tls } = await prepareAccess(import('pg'), options, world);
  const { host, port, database, user, connections, timeout } = options;
  const pool = new library.default.Pool({
    host,
    port,
    database,
    user,
    password: password ?? '',
    ssl: tls ?? false,
    max: connections,
    connectionTimeoutMillis: timeout,
    statement_timeout: timeout,
    // The server may be unreachable and unable to report; a little later than its own limit.
    query_timeout: timeout + 1000,
    keepAlive: true,
    application_name: 'exhook-edge',
  });
  // An idle connection broke: the next batch opens another.
  pool.on('error', () => {});
  return new PostgresSink(pool, options, world);
};
