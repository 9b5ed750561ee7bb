import { afterAll, beforeAll, describe } from 'vitest';
import { Rabbitmq } from '../../src/sinks/rabbitmq/declaration.ts';
import { openRabbitmq } from '../../src/sinks/rabbitmq/open.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import {
  isRabbitmqMissing,
  password,
  type RabbitmqServer,
  startRabbitmq,
  user,
} from '../support/servers/rabbitmq.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { itKnowsTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describe.skipIf(isRabbitmqMissing)('the sink rabbitmq with TLS', () => {
  let certificates: Certificates;
  let server: RabbitmqServer;
  let plain: number;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startRabbitmq({ tls: { ...certificates.server, demandsCert: true } });
    plain = await sharedPort('rabbitmq');
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await certificates?.remove();
  });

  const openAt = (port: number, tls: object | boolean) =>
    openRabbitmq(
      Rabbitmq.parse({
        host: '127.0.0.1',
        port,
        user,
        password: { env: 'PASSWORD' },
        exchange: 'mqtt',
        declare: { queue: 'all' },
        tls,
        timeout: '5s',
      }),
      worldOf('rabbitmq', { PASSWORD: password }),
    );

  itKnowsTls({
    certificates: () => certificates,
    open: (tls) => openAt(server.port, tls),
    openPlain: (tls) => openAt(plain, tls),
    secrets: [password],
  });
});
