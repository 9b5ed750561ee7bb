/** Opens the sink: the library, TLS and the login. */

import type { BaseOptions } from '@platformatic/kafka';
import { readSecret } from '../../lib/secret.ts';
import type { OpenSink } from '../sink.ts';
import { readSinkTls } from '../tls.ts';
import { KafkaClient } from './connection.ts';
import type { KafkaOptions } from './declaration.ts';
import { KafkaSink } from './sink.ts';

export const openKafka: OpenSink<KafkaOptions> = async (options, world) => {
  const { brokers, clientId, sasl, timeout } = options;
  const [library, tls, password] = await Promise.all([
    import('@platformatic/kafka'),
    readSinkTls(options.tls),
    sasl === undefined ? undefined : readSecret(sasl.password, world.env),
  ]);
  const connection: BaseOptions = {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: timeout,
    requestTimeout: timeout,
    timeout,
    ...(tls !== undefined && { tls }),
    ...(sasl !== undefined && {
      sasl: { mechanism: mechanisms[sasl.mechanism], username: sasl.user, password: password ?? '' },
    }),
  };
  return new KafkaSink(new KafkaClient(library, connection, options), options, world);
};

const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;
