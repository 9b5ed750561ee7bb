import type * as z from 'zod';
import { choice, expects, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

/** AMQP 0-9-1 has one byte for the length of a name. */
export const MAX_SHORT_BYTES = 255;

const short = (noun: string, example: string) =>
  text(noun, `a name such as ${example}`).refine((value) => Buffer.byteLength(value) <= MAX_SHORT_BYTES, {
    error: expects(noun, `at most ${MAX_SHORT_BYTES} bytes`),
  });

const Declare = section(() => ({
  type: choice(['topic', 'direct', 'fanout', 'headers'])
    .prefault('topic')
    .describe('The type of the exchange. The default is topic.'),
  queue: short('a queue', 'events')
    .optional()
    .describe('A durable queue to create and bind to the exchange. When absent, none.'),
  queueType: choice(['classic', 'quorum'])
    .prefault('classic')
    .describe('The type of that queue; quorum is replicated. The default is classic.'),
  binding: short('a binding', '"#"')
    .prefault('#')
    .describe('The binding key of that queue. The default, #, matches everything on a topic exchange.'),
}));

export const Rabbitmq = section(() => ({
  host: text('a host', 'the name or address of the server')
    .prefault('localhost')
    .describe('The name or address of the server. The default is localhost.'),
  port: wholeNumber('a port', 1, 65_535)
    .optional()
    .describe('Its port. The default is 5672, and 5671 with TLS.'),
  vhost: text('a virtual host', 'the name of a virtual host')
    .prefault('/')
    .describe('The virtual host. The default is /.'),
  user: text('a user', 'the name of a user').describe('The user to log in as. There is no default.'),
  password: secret('a password').describe(
    'Its password: { env: NAME } or { file: PATH }, or the text itself. There is no default.',
  ),
  tls: SinkTls.optional(),
  exchange: short('an exchange', 'events')
    .optional()
    .describe(
      'The exchange to publish to. When absent, the default exchange: the routing key is then the name of a queue.',
    ),
  routingKey: short('a routing key', 'events')
    .prefault('events')
    .describe('The routing key of events whose route names none. The default is events.'),
  declare: Declare.optional().describe(
    'Create the exchange, and a queue if one is named, if they do not exist. When absent, nothing is created.',
  ),
  mandatory: yesOrNo()
    .prefault(true)
    .describe(
      'Whether an event that no queue takes counts as rejected. With false the server drops it silently. The default is true.',
    ),
  heartbeat: duration({ min: 1000, max: 3_600_000, reads: 'from 1s to 1h' })
    .prefault('15s')
    .describe('The heartbeat interval, in whole seconds. The default is 15s.'),
  timeout: duration(POSITIVE)
    .prefault('10s')
    .describe('The timeout of a connection attempt. The default is 10s.'),
}));
export type RabbitmqOptions = z.output<typeof Rabbitmq>;

export const rabbitmq = defineSinkKind({
  name: 'rabbitmq',
  summary: 'Exchanges of RabbitMQ.',
  options: Rabbitmq,
  load: () => import('./open.ts').then(({ openRabbitmq }) => openRabbitmq),
  promises: {
    order: 'kept within a queue',
    repeats: 'after a failure, with the same `message-id`',
    confirmed: 'the server confirms it',
  },
  target: {
    name: 'routingKey',
    noun: 'routing key',
    // The bindings of an exchange decide where its messages go.
    leadsTo: ({ exchange }) => (exchange === undefined ? { any: 'any queue', start: 'mqtt.' } : undefined),
    reserved: ({ exchange }) =>
      exchange === undefined
        ? { starts: ['amq.'], reason: 'the queue begins with "amq.": such queues are the server\'s own' }
        : undefined,
  },
});
