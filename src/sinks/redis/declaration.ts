import type * as z from 'zod';
import { section, text, whenValid, wholeNumber, yesOrNo } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { defineSinkKind } from '../kind.ts';
import { SinkTls } from '../tls-section.ts';

const url = text('a URL', 'a URL such as redis://host:6379 or rediss://host:6379')
  .refine((value) => /^rediss?:\/\/[^/]/.test(value) && URL.canParse(value), {
    error: 'is not a URL of Redis; write one such as redis://host:6379, or rediss://host:6379 for TLS',
    abort: true,
  })
  .refine((value) => !/:\/\/[^/?#]*@/.test(value), {
    error: 'contains a user name or a password; write username: and password: on separate lines',
    abort: true,
  })
  .refine((value) => /^rediss?:\/\/[^/?#]+(\/\d{0,4})?$/.test(value), {
    error: 'has more than a host, a port and a database number; write redis://host:6379/0',
  });

const Dedupe = section(() => ({
  ttl: duration({ ...POSITIVE, min: 1000, reads: 'from 1s to 24d' })
    .prefault('1h')
    .describe('How long an id is remembered: longer than the longest outage of the sink. The default is 1h.'),
}));

export const Redis = section(() => ({
  url: url.describe(
    'The Redis server, version 6.2 or later; rediss:// for TLS, with the database number after a "/". There is no default.',
  ),
  username: text('a user name', 'the name of a user of Redis')
    .optional()
    .describe("The user of Redis. When absent, Redis's default user."),
  password: secret('a password')
    .optional()
    .describe(
      'Its password: use { env: NAME } or { file: PATH } to keep it out of this file. When absent, none is sent.',
    ),
  stream: text('a key', 'the key of a stream, such as mqtt:events')
    .prefault('mqtt:events')
    .describe('The key of the stream for events whose route names none. The default is mqtt:events.'),
  create: yesOrNo()
    .prefault(true)
    .describe(
      'Whether to create a missing stream. With false, events wait until it exists. The default is true.',
    ),
  maxLength: wholeNumber('a number of entries', 1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'About how many entries a stream keeps; older ones are removed, read or not (MAXLEN ~). When absent, this sink removes none.',
    ),
  dedupe: Dedupe.optional().describe(
    'Remember the ids of events in Redis to drop duplicates after a failure. When absent, an event may occur several times, with the same id.',
  ),
  replicas: wholeNumber('a number of replicas', 0, 100)
    .prefault(0)
    .describe(
      'How many replicas must have an event before it counts as confirmed (WAIT). The default is 0: the server alone.',
    ),
  timeout: duration(POSITIVE)
    .prefault('5s')
    .describe('The timeout of a connection attempt, and of the answer to a batch. The default is 5s.'),
  tls: SinkTls.optional(),
})).refine(({ url, tls }) => url.startsWith('rediss:') || tls === undefined || tls === false, {
  when: whenValid,
  path: ['tls'],
  error: 'has no effect with redis://; write rediss://',
});
export type RedisOptions = z.output<typeof Redis>;

export const redis = defineSinkKind({
  name: 'redis',
  summary: 'Streams of Redis.',
  options: Redis,
  load: () => import('./open.ts').then(({ openRedis }) => openRedis),
  promises: {
    order: 'kept within a stream',
    repeats: 'after a failure, with the same id; dropped with `dedupe`',
    confirmed: 'the transaction has run; with `replicas`, those too',
  },
  target: {
    name: 'stream',
    noun: 'stream',
    leadsTo: () => ({ any: 'any key of this Redis', start: 'mqtt:' }),
    reserved: (_, { grantKeys }) => ({
      starts: grantKeys,
      reason: 'the key is one of those of grants (authorize.grants.redis.prefix)',
    }),
    redisUrl: ({ url }) => url,
  },
});
