/** Opens the sink: the library, TLS and the login. */

import type { BaseOptions } from '@platformatic/kafka';
import { prepareAccess } from '../access.ts';
import type { OpenSink } from '../sink.ts';
import { KafkaClient } from './connection.ts';
import type { KafkaOptions } from './declaration.ts';
import { KafkaSink } from './sink.ts';

export const openKafka: OpenSink<KafkaOptions> = async (options, world) => {
  const { brokers, clientId, sasl, timeout } = options;
  const secrets = { password: sasl?.password, tls: options.tls };
  const { library, password, tls } = await prepareAccess(import('@platformatic/kafka'), secrets, world);
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
