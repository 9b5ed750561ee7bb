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
    error: 'contains a user name or a password; write user: and password: on separate lines',
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
      'Whether to create the stream if it does not exist; an existing one is not changed. The default is false.',
    ),
  subjects: z
    .array(pattern, { error: expects('a list', 'subjects, such as ["mqtt.>"]') })
    .min(1, { error: 'is empty; list a subject, or remove it' })
    .optional()
    .describe(
      'For a new stream: the subjects it takes. List all that routes use, such as "mqtt.>". When absent, the subject of this sink.',
    ),
  storage: choice(['file', 'memory'])
    .prefault('file')
    .describe('For a new stream: where it is stored. The default is file.'),
  replicas: wholeNumber('a number of replicas', 1, 5)
    .prefault(1)
    .describe('For a new stream: the number of servers of a cluster that store it. The default is 1.'),
  maxAge: duration({ min: 0, max: 10 * 365 * 86_400_000, reads: 'up to 3650d' })
    .prefault(0)
    .describe('For a new stream: how long events are kept. The default is 0: forever.'),
  maxBytes: size({ min: 1024, max: 1024 * 1024 * GiB, reads: 'from 1KiB to 1048576GiB' })
    .optional()
    .describe(
      'For a new stream: its maximum size in bytes; the oldest events are removed then. When absent, there is no limit.',
    ),
  duplicateWindow: duration({ ...POSITIVE, min: 100, reads: 'from 100ms to 24d' })
    .prefault('2m')
    .describe(
      'For a new stream: how long ids are remembered to drop duplicates. The default is 2m, which is the default of NATS.',
    ),
}));

export const Nats = section(() => ({
  servers: z
    .array(server, { error: expects('a list', 'URLs, such as [nats://host:4222]') })
    .min(1, { error: 'is empty; list a URL such as nats://host:4222' })
    .describe(
      'Servers of one cluster, one of which is connected to: nats:// or tls://, without user and password. There is no default.',
    ),
  user: text('a user name', 'the name of a user of NATS')
    .optional()
    .describe('The user. When absent, none is sent.'),
  password: secret('a password')
    .optional()
    .describe('Its password: { env: NAME } or { file: PATH }. When absent, none is sent.'),
  token: secret('a token')
    .optional()
    .describe('A token instead of user and password. When absent, none is sent.'),
  nkey: secret('a seed')
    .optional()
    .describe('The seed of an NKey, which begins with SU. When absent, there is none.'),
  credentials: secret('credentials')
    .optional()
    .describe(
      'Credentials with a JWT and a seed, usually { file: ./user.creds }. When absent, there are none.',
    ),
  subject: plainSubject()
    .prefault(DEFAULT_SUBJECT)
    .describe(
      'The subject of events whose route names none. The default is mqtt.events. docs/sinks.md says how topics become subjects.',
    ),
  stream: Stream.optional().describe(
    'The JetStream stream that takes the events. When absent, any stream that takes the subject.',
  ),
  domain: text('a domain', 'the name of a domain of JetStream')
    .optional()
    .describe('The JetStream domain, for example of a leaf node. When absent, the domain of the server.'),
  pipeline: yesOrNo()
    .prefault(false)
    .describe(
      'Whether to send an event before the previous one of the same client is confirmed. This is faster for few clients with many events; if a server of a cluster fails, their order may change. The default is false.',
    ),
  requests: wholeNumber('a number of events', 1, 10_000)
    .prefault(256)
    .describe('The most unconfirmed events of one batch, each of another client. The default is 256.'),
  timeout: duration(POSITIVE)
    .prefault('5s')
    .describe('The timeout of a connection attempt, and of the confirmation of an event. The default is 5s.'),
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
    // Nothing is reserved: choices of clients are encoded, and cannot name a subject of the system.
    leadsTo: () => ({ any: 'any subject', start: 'mqtt.' }),
  },
  unbundled: ['@nats-io/transport-node', '@nats-io/jetstream'],
});
