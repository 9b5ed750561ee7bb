import { Postgres } from '../../src/sinks/postgres/declaration.ts';
import { openPostgres } from '../../src/sinks/postgres/open.ts';
import { isPostgresMissing, password, startPostgres, user } from '../support/servers/postgres.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { describeTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describeTls('postgres', {
  isMissing: isPostgresMissing,
  start: startPostgres,
  startPlain: async () => ({ port: await sharedPort('postgres') }),
  open: (port, tls) =>
    openPostgres(
      Postgres.parse({
        host: '127.0.0.1',
        port,
        user,
        password: { env: 'PASSWORD' },
        database: 'postgres',
        createTable: true,
        tls,
        timeout: '5s',
      }),
      worldOf('postgres', { PASSWORD: password }),
    ),
  secrets: [password],
});
