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
    error: 'holds a user name or a password; write username: and password: on lines of their own',
    abort: true,
  })
  .refine((value) => /^rediss?:\/\/[^/?#]+(\/\d{0,4})?$/.test(value), {
    error: 'has more than a host, a port and the number of a database; write redis://host:6379/0',
  });

const Dedupe = section(() => ({
  ttl: duration({ ...POSITIVE, min: 1000, reads: 'from 1s to 24d' })
    .prefault('1h')
    .describe(
      'How long an id is remembered: longer than the longest time that the sink may be down. The default is 1h.',
    ),
}));

export const Redis = section(() => ({
  url: url.describe(
    'The Redis server, version 6.2 or later; rediss:// for TLS, and behind a "/" the number of a database. There is no default.',
  ),
  username: text('a user name', 'the name of a user of Redis')
    .optional()
    .describe("The user of Redis. When absent, it is Redis's own default."),
  password: secret('a password')
    .optional()
    .describe(
      'Its password: { env: NAME } or { file: PATH } keep it out of the file. When absent, none is sent.',
    ),
  stream: text('a key', 'the key of a stream, such as mqtt:events')
    .prefault('mqtt:events')
    .describe(
      'The key of the stream that events are added to, when their route names none. The default is mqtt:events.',
    ),
  create: yesOrNo()
    .prefault(true)
    .describe(
      'Whether a stream that is not there is made. With false, events wait until it is. The default is true.',
    ),
  maxLength: wholeNumber('a number of entries', 1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'About so many entries are kept in a stream; older ones are removed, read or not (MAXLEN ~). When absent, none is removed by this sink.',
    ),
  dedupe: Dedupe.optional().describe(
    'Remembers the ids of events in Redis, so that what is written again after a failure is there once. When absent, it may be there several times, with the same id.',
  ),
  replicas: wholeNumber('a number of replicas', 0, 100)
    .prefault(0)
    .describe(
      'So many replicas must have an event before it counts as confirmed (WAIT). The default is 0: the server alone.',
    ),
  timeout: duration(POSITIVE)
    .prefault('5s')
    .describe('The longest wait for a connection, and for the answer to a batch. The default is 5s.'),
  tls: SinkTls.optional(),
})).refine(({ url, tls }) => url.startsWith('rediss:') || tls === undefined || tls === false, {
  when: whenValid,
  path: ['tls'],
  error: 'is of no use with redis://; write rediss://',
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
