import * as z from 'zod';
import { expects, section, text, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { MAX_TIMER_DELAY } from '../../lib/timer.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

const topicError = expects('a topic', 'a topic without "+" and "#", such as bridge/events');

const qosError = expects('a quality of service', '1 or 2');

export const Mqtt = section(() => ({
  host: text('a host', 'the name or address of the broker').describe(
    'The name or address of the other broker. There is no default. Never name the broker that calls this server: events would loop without end.',
  ),
  port: wholeNumber('a port', 1, 65_535)
    .optional()
    .describe('Its port. The default is 1883, and 8883 with TLS.'),
  clientId: text('a client id', 'a client id')
    .optional()
    .describe(
      'The client id to connect with. When absent, a random one: several processes may use the same configuration.',
    ),
  user: text('a user', 'the name of a user').optional().describe('The user to log in as, if any.'),
  password: secret('a password')
    .optional()
    .describe('Its password: { env: NAME } or { file: PATH }, or the text itself.'),
  tls: SinkTls.optional(),
  topic: z
    .string({ error: topicError })
    .regex(/^[^+#\0]{1,65535}$/, { error: topicError })
    .optional()
    .describe(
      'The topic of events whose route names none. When absent, the subject of the event: for a message, its topic.',
    ),
  qos: z
    .union([z.literal(1), z.literal(2)], { error: qosError })
    .prefault(1)
    .describe('The quality of service: 1, or 2 with one more round trip. The default is 1.'),
  retain: yesOrNo()
    .prefault(false)
    .describe('Whether the other broker retains the last event of each topic. The default is false.'),
  messageExpiry: duration({ min: 1000, max: MAX_TIMER_DELAY, reads: 'from 1s to 24d' })
    .optional()
    .describe(
      'When the other broker drops events that it could not deliver, in whole seconds. When absent, never.',
    ),
  maxInFlight: wholeNumber('a number of messages', 1, 65_535)
    .prefault(100)
    .describe(
      'The most unacknowledged messages at once; the broker may set a lower limit. The default is 100.',
    ),
  keepAlive: duration({ min: 1000, max: 65_535_000, reads: 'from 1s to 18h' })
    .prefault('30s')
    .describe('The keep-alive interval of an idle connection, in whole seconds. The default is 30s.'),
  timeout: duration(POSITIVE)
    .prefault('10s')
    .describe('The timeout of a connection attempt. The default is 10s.'),
}));
export type MqttOptions = z.output<typeof Mqtt>;

export const mqtt = defineSinkKind({
  name: 'mqtt',
  summary: 'Topics of another MQTT broker.',
  options: Mqtt,
  load: () => import('./open.ts').then(({ openMqtt }) => openMqtt),
  promises: {
    order: 'kept within a topic, at QoS 1 and 2',
    repeats: 'after a failure, with the same id',
    confirmed: 'the other broker acknowledges it',
  },
  target: {
    name: 'topic',
    noun: 'topic',
    reserved: ({ topic }) => ({
      starts: ['$'],
      reason: 'the topic begins with "$": such topics are the broker\'s own',
      // Without its own topic, an event goes to the topic of its message.
      orSubject: topic === undefined,
    }),
  },
});
