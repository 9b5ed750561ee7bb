import { afterAll, beforeAll, describe } from 'vitest';
import { Postgres } from '../../src/sinks/postgres/declaration.ts';
import { openPostgres } from '../../src/sinks/postgres/open.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import {
  isPostgresMissing,
  type PostgresServer,
  password,
  startPostgres,
  user,
} from '../support/servers/postgres.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { itKnowsTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describe.skipIf(isPostgresMissing)('the sink postgres with TLS', () => {
  let certificates: Certificates;
  let server: PostgresServer;
  let plain: number;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startPostgres(certificates.server);
    plain = await sharedPort('postgres');
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await certificates?.remove();
  });

  const openAt = (port: number, tls: object | boolean) =>
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
    );

  itKnowsTls({
    certificates: () => certificates,
    open: (tls) => openAt(server.port, tls),
    openPlain: (tls) => openAt(plain, tls),
    secrets: [password],
  });
});
