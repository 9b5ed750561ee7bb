import { Kafka } from '../../src/sinks/kafka/declaration.ts';
import { openKafka } from '../../src/sinks/kafka/open.ts';
import { isKafkaMissing, password, startKafka, user } from '../support/servers/kafka.ts';
import { describeTls } from './tls-cases.ts';
import { worldOf } from './world.ts';

describeTls('kafka', {
  isMissing: isKafkaMissing,
  start: (certificate) => startKafka({ needsLogin: true, tls: { ...certificate, demandsCert: true } }),
  startPlain: () => startKafka({ needsLogin: true }),
  open: (port, tls) =>
    openKafka(
      Kafka.parse({
        brokers: [`127.0.0.1:${port}`],
        sasl: { mechanism: 'plain', user, password: { env: 'PASSWORD' } },
        createTopics: {},
        tls,
        timeout: '2s',
      }),
      worldOf('kafka', { PASSWORD: password }),
    ),
  secrets: [password],
});
