/** The sinks: a name for each, what it is, and the queue in front of it. One kind is one file of sinks/. */
import * as z from 'zod';
import { expects, oneOf, section, text, yesOrNo } from '../../lib/schema/builders.ts';
import { File, fileFiles } from '../../sinks/file/declaration.ts';
import { Http, httpFiles } from '../../sinks/http/declaration.ts';
import { Kafka, kafkaFiles } from '../../sinks/kafka/declaration.ts';
import { Module, moduleFiles } from '../../sinks/module/declaration.ts';
import { Mqtt, mqttFiles } from '../../sinks/mqtt/declaration.ts';
import { Nats, natsFiles } from '../../sinks/nats/declaration.ts';
import { Postgres, postgresFiles } from '../../sinks/postgres/declaration.ts';
import { Rabbitmq, rabbitmqFiles } from '../../sinks/rabbitmq/declaration.ts';
import { Redis, redisFiles } from '../../sinks/redis/declaration.ts';
import { Stdout, stdoutFiles } from '../../sinks/stdout/declaration.ts';
import { Queue } from './queue.ts';

const kinds = {
  stdout: Stdout.optional().describe('Standard output, one line an event.'),
  file: File.optional().describe('JSON Lines in a file, with rotation.'),
  http: Http.optional().describe('Requests to an HTTP service.'),
  nats: Nats.optional().describe('Subjects of NATS JetStream.'),
  kafka: Kafka.optional().describe('Topics of Kafka.'),
  redis: Redis.optional().describe('Streams of Redis.'),
  postgres: Postgres.optional().describe('Tables of PostgreSQL.'),
  rabbitmq: Rabbitmq.optional().describe('Exchanges of RabbitMQ.'),
  mqtt: Mqtt.optional().describe('Topics of another MQTT broker.'),
  module: Module.optional().describe('A sink of your own.'),
};

export type SinkKind = keyof typeof kinds;
export const sinkKinds = Object.keys(kinds) as SinkKind[];

/** The options of each kind that are paths of files, with dots for those further down. */
export const sinkFiles: Readonly<Record<SinkKind, readonly string[]>> = {
  stdout: stdoutFiles,
  file: fileFiles,
  http: httpFiles,
  nats: natsFiles,
  kafka: kafkaFiles,
  redis: redisFiles,
  postgres: postgresFiles,
  rabbitmq: rabbitmqFiles,
  mqtt: mqttFiles,
  module: moduleFiles,
};

const DeadLetterFile = section(() => ({
  file: text('a path', 'a path such as ./dead-letters.jsonl').describe(
    'The file, relative to the configuration file: one JSON object a line, with the reason.',
  ),
}));

const Sink = section(
  () => ({
    ...kinds,
    queue: Queue.prefault({}).describe('The queue in front of the sink.'),
    deadLetter: z
      .union([text('the name of a sink', 'the name of another sink'), DeadLetterFile], {
        error: expects('a place for dead letters', 'the name of another sink, or { file: PATH }'),
      })
      .optional()
      .describe(
        'Where events go that this sink will never take, with the reason: another sink, or a file. When absent, they are counted and logged only.',
      ),
    require: yesOrNo()
      .prefault(false)
      .describe('Whether the server is ready only while this sink can be reached. The default is false.'),
  }),
  'a sink',
).superRefine((sink, context) => {
  const given = sinkKinds.filter((kind) => sink[kind] !== undefined);
  if (given.length === 1) return;
  const message =
    given.length === 0
      ? `does not say what it is; write one of ${oneOf(sinkKinds.map((kind) => `${kind}:`))}`
      : `is ${given.join(' and ')} at once; write a sink for each`;
  context.addIssue({ code: 'custom', message });
});
export type SinkSection = z.output<typeof Sink>;

const sinksError = expects('a mapping', 'sinks by their names, such as history:');

export const Sinks = z
  .record(z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/), Sink, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? 'is not the name of a sink; write letters, digits, "-" and "_", such as history'
        : sinksError(issue),
  })
  .prefault({})
  .describe(
    'Where routes take events, by name: one of the kinds of docs/sinks.md each, with queue, deadLetter and require. There are none by default.',
  );
export type Sinks = z.output<typeof Sinks>;

/** What a sink is. */
export function kindOf(sink: SinkSection): SinkKind {
  return sinkKinds.find((kind) => sink[kind] !== undefined) ?? 'stdout';
}
