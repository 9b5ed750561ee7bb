import { afterAll, beforeAll, describe } from 'vitest';
import { Kafka } from '../../src/sinks/kafka/declaration.ts';
import { openKafka } from '../../src/sinks/kafka/open.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { isKafkaMissing, type KafkaServer, password, startKafka, user } from '../support/servers/kafka.ts';
import { itKnowsTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describe.skipIf(isKafkaMissing)('the sink kafka with TLS', () => {
  let certificates: Certificates;
  let server: KafkaServer;
  let plain: KafkaServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startKafka({ needsLogin: true, tls: { ...certificates.server, demandsCert: true } });
    plain = await startKafka({ needsLogin: true });
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await plain?.close();
    await certificates?.remove();
  });

  const openAt = ({ port }: KafkaServer, tls: object | boolean) =>
    openKafka(
      Kafka.parse({
        brokers: [`127.0.0.1:${port}`],
        sasl: { mechanism: 'plain', user, password: { env: 'PASSWORD' } },
        createTopics: {},
        tls,
        timeout: '2s',
      }),
      worldOf('kafka', { PASSWORD: password }),
    );

  itKnowsTls({
    certificates: () => certificates,
    open: (tls) => openAt(server, tls),
    openPlain: (tls) => openAt(plain, tls),
    secrets: [password],
  });
});
