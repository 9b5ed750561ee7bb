import * as z from 'zod';
import { choice, expects, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

const brokerError = expects('a broker', 'its name and port, such as kafka-1.example.com:9092');

const Broker = z
  .string({ error: brokerError })
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/@]+):([1-9]\d{0,4})$/, { error: brokerError });

/** What Kafka allows in the name of a topic, besides "." and "..". */
export const topicPattern = /^(?!\.{1,2}$)[\w.-]{1,249}$/;

const topicError = expects('a topic', 'letters, digits, ".", "_" and "-", such as mqtt.events');

const Sasl = section(() => ({
  mechanism: choice(['plain', 'scram-sha-256', 'scram-sha-512']).describe(
    'How to present the password: plain sends it in cleartext, so use TLS. There is no default.',
  ),
  user: text('a user', 'the name of a user').describe('The user to log in as. There is no default.'),
  password: secret('a password').describe(
    'Its password: { env: NAME } or { file: PATH }, or the text itself. There is no default.',
  ),
}));

const CreateTopics = section(() => ({
  partitions: wholeNumber('a number of partitions', 1, 100_000)
    .optional()
    .describe("The partitions of a new topic. When absent, the cluster's num.partitions applies."),
  replicas: wholeNumber('a number of replicas', 1, 1000)
    .optional()
    .describe("The replicas of a new topic. When absent, the cluster's default.replication.factor applies."),
}));

export const Kafka = section(() => ({
  brokers: z
    .array(Broker, { error: expects('a list', 'brokers, such as [kafka-1.example.com:9092]') })
    .min(1, { error: 'is empty; list a broker' })
    .describe(
      'Some brokers of the cluster, with their ports; the sink finds the others. There is no default.',
    ),
  clientId: text('a client id', 'a name without spaces')
    .regex(/^\S+$/, { error: expects('a client id', 'a name without spaces') })
    .prefault('exhook-edge')
    .describe("The name of this client in the brokers' logs and quotas. The default is exhook-edge."),
  topic: z
    .string({ error: topicError })
    .regex(topicPattern, { error: topicError })
    .prefault('mqtt.events')
    .describe('The topic of events whose route names none. The default is mqtt.events.'),
  createTopics: CreateTopics.optional().describe(
    "Create topics that do not exist; {} uses the cluster's settings for both. When absent, no topics are created.",
  ),
  sasl: Sasl.optional().describe('The login. When absent, there is none.'),
  tls: SinkTls.optional(),
  compression: choice(['none', 'gzip', 'snappy', 'lz4'])
    .prefault('none')
    .describe('How batches are compressed. The default is none.'),
  idempotent: yesOrNo()
    .prefault(true)
    .describe(
      'Whether brokers drop duplicates after a connection broke. Needs Kafka 2.4 or later. The default is true.',
    ),
  timeout: duration(POSITIVE)
    .prefault('10s')
    .describe('The timeout of a connection attempt, and of each request. The default is 10s.'),
}));
export type KafkaOptions = z.output<typeof Kafka>;

export const kafka = defineSinkKind({
  name: 'kafka',
  summary: 'Topics of Kafka.',
  options: Kafka,
  load: () => import('./open.ts').then(({ openKafka }) => openKafka),
  promises: {
    order: 'kept within a topic: one key, one partition',
    repeats: 'after a failure, with the same id',
    confirmed: 'all in-sync replicas have it',
  },
  target: {
    name: 'topic',
    noun: 'topic',
    leadsTo: () => ({ any: 'any topic of the cluster', start: 'mqtt.' }),
    reserved: () => ({ starts: ['_'], reason: 'the topic begins with "_": such topics are internal' }),
  },
  // The library reads a WebAssembly file beside itself.
  unbundled: ['@platformatic/kafka'],
});
