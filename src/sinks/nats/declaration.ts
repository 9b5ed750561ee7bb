import * as z from 'zod';
import {
  choice,
  expects,
  section,
  text,
  whenValid,
  wholeNumber,
  yesOrNo,
} from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE, size } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

const server = text('a URL', 'a URL such as nats://host:4222')
  .refine((value) => /^(nats|tls):\/\/[^/?#]+\/?$/.test(value) && URL.canParse(value), {
    error: 'is not a URL of NATS; write one such as nats://host:4222, or tls://host:4222',
    abort: true,
  })
  .refine((value) => !value.includes('@'), {
    error: 'holds a user name or a password; write user: and password: on lines of their own',
  });

const name = { error: 'is not the name of a stream; write letters, digits, "-" and "_", such as EVENTS' };
const subjectError = { error: 'is not a subject; write words with dots between, such as mqtt.events' };
const plainSubject = () =>
  z
    .string({ error: expects('a subject', 'a subject such as mqtt.events') })
    .regex(/^[^\s.*>$_][^\s.*>]*(\.[^\s.*>]+)*$/, subjectError);
const pattern = text('a subject', 'a subject such as "mqtt.>"').regex(
  /^([^\s.>]+\.)*([^\s.>]+|>)$/,
  subjectError,
);

/** Of events whose route names none. */
export const DEFAULT_SUBJECT = 'mqtt.events';

const GiB = 2 ** 30;

const Stream = section(() => ({
  name: z
    .string({ error: expects('the name of a stream', 'a name such as EVENTS') })
    .regex(/^[\w-]{1,255}$/, name)
    .describe(
      'The stream that takes the events. An event that another stream would take is not confirmed. There is no default.',
    ),
  create: yesOrNo()
    .prefault(false)
    .describe(
      'Whether a stream that is not there is made; one that is there is left as it is. The default is false.',
    ),
  subjects: z
    .array(pattern, { error: expects('a list', 'subjects, such as ["mqtt.>"]') })
    .min(1, { error: 'is empty; list a subject, or remove it' })
    .optional()
    .describe(
      'Of a stream that is made: the subjects it takes. It needs all that routes lead to, such as "mqtt.>". When absent, the subject of this sink.',
    ),
  storage: choice(['file', 'memory'])
    .prefault('file')
    .describe('Of a stream that is made: where it is kept. The default is file.'),
  replicas: wholeNumber('a number of replicas', 1, 5)
    .prefault(1)
    .describe('Of a stream that is made: on how many servers of a cluster it is kept. The default is 1.'),
  maxAge: duration({ min: 0, max: 10 * 365 * 86_400_000, reads: 'up to 3650d' })
    .prefault(0)
    .describe('Of a stream that is made: how long events are kept. The default is 0: without end.'),
  maxBytes: size({ min: 1024, max: 1024 * 1024 * GiB, reads: 'from 1KiB to 1048576GiB' })
    .optional()
    .describe(
      'Of a stream that is made: the most bytes it holds; then the oldest events go. When absent, there is no limit.',
    ),
  duplicateWindow: duration({ ...POSITIVE, min: 100, reads: 'from 100ms to 24d' })
    .prefault('2m')
    .describe(
      'Of a stream that is made: how long an id is remembered, so that what is sent again is there once. The default is 2m, as it is of NATS.',
    ),
}));

export const Nats = section(() => ({
  servers: z
    .array(server, { error: expects('a list', 'URLs, such as [nats://host:4222]') })
    .min(1, { error: 'is empty; list a URL such as nats://host:4222' })
    .describe(
      'The servers of one cluster, of which one is connected to: nats:// or tls://, without user and password. There is no default.',
    ),
  user: text('a user name', 'the name of a user of NATS')
    .optional()
    .describe('The user. When absent, none is sent.'),
  password: secret('a password')
    .optional()
    .describe('Its password: { env: NAME } or { file: PATH }. When absent, none is sent.'),
  token: secret('a token')
    .optional()
    .describe('A token in the place of user and password. When absent, none is sent.'),
  nkey: secret('a seed')
    .optional()
    .describe('The seed of an NKey, which begins with SU. When absent, there is none.'),
  credentials: secret('credentials')
    .optional()
    .describe(
      'Credentials with a JWT and a seed: { file: ./user.creds } mostly. When absent, there are none.',
    ),
  subject: plainSubject()
    .prefault(DEFAULT_SUBJECT)
    .describe(
      'The subject of events whose route names none. The default is mqtt.events. docs/sinks.md says how topics become subjects.',
    ),
  stream: Stream.optional().describe(
    'The stream of JetStream that takes the events. When absent, whichever takes the subject.',
  ),
  domain: text('a domain', 'the name of a domain of JetStream')
    .optional()
    .describe('The domain of JetStream, of a leaf node for instance. When absent, that of the server.'),
  pipeline: yesOrNo()
    .prefault(false)
    .describe(
      'Whether an event is sent before the last one of the same client is confirmed. It is faster for few clients with many events; when a server of a cluster fails, their order may then suffer. The default is false.',
    ),
  requests: wholeNumber('a number of events', 1, 10_000)
    .prefault(256)
    .describe(
      'The most events of one batch that are sent and not confirmed, each of another client. The default is 256.',
    ),
  timeout: duration(POSITIVE)
    .prefault('5s')
    .describe('The longest wait for a connection, and for the confirmation of an event. The default is 5s.'),
  tls: SinkTls.optional(),
}))
  .refine(
    ({ user, token, nkey, credentials }) =>
      [user, token, nkey, credentials].filter((one) => one !== undefined).length < 2,
    {
      when: whenValid,
      error: 'has several ways to log in; keep one of user, token, nkey and credentials',
    },
  )
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    when: whenValid,
    error: 'has one of user and password; write both, or neither',
  });
export type NatsOptions = z.output<typeof Nats>;

export const nats = defineSinkKind({
  name: 'nats',
  summary: 'Subjects of NATS JetStream.',
  options: Nats,
  load: () => import('./open.ts').then(({ openNats }) => openNats),
  promises: {
    order: 'kept; with `pipeline` see below',
    repeats: 'dropped within the duplicate window of the stream',
    confirmed: 'JetStream has stored it',
  },
  target: {
    name: 'subject',
    noun: 'subject',
    // Nothing is reserved: what clients choose is encoded, so that it names no subject of the system.
    leadsTo: () => ({ any: 'any subject', start: 'mqtt.' }),
  },
  unbundled: ['@nats-io/transport-node', '@nats-io/jetstream'],
});
