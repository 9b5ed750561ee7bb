import { afterAll, beforeAll, describe } from 'vitest';
import { Mqtt } from '../../src/sinks/mqtt/declaration.ts';
import { openMqtt } from '../../src/sinks/mqtt/open.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import {
  isMosquittoMissing,
  type MosquittoServer,
  password,
  startMosquitto,
  user,
} from '../support/servers/mosquitto.ts';
import { itKnowsTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describe.skipIf(isMosquittoMissing)('the sink mqtt with TLS', () => {
  let certificates: Certificates;
  let server: MosquittoServer;
  let plain: MosquittoServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startMosquitto({ tls: { ...certificates.server, demandsCert: true } });
    plain = await startMosquitto();
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await plain?.close();
    await certificates?.remove();
  });

  const openAt = ({ port }: MosquittoServer, tls: object | boolean) =>
    openMqtt(
      Mqtt.parse({
        host: '127.0.0.1',
        port,
        user,
        password: { env: 'PASSWORD' },
        topic: 'events',
        tls,
        timeout: '5s',
      }),
      worldOf('mqtt', { PASSWORD: password }),
    );

  itKnowsTls({
    certificates: () => certificates,
    open: (tls) => openAt(server, tls),
    openPlain: (tls) => openAt(plain, tls),
    secrets: [password],
  });
});
