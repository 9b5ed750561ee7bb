/** Where the grants that clients get at login are kept. */
import type * as z from 'zod';
import { choice, section, text, whenValid, wholeNumber } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';

/** The default prefix of the keys of grants. */
export const DEFAULT_GRANTS_PREFIX = 'exhook:grants:';

const path = (example: string) => text('a path', `a path such as ${example}`);

const redisUrl = text('a URL', 'a URL such as redis://host:6379 or rediss://host:6379')
  .refine((url) => /^rediss?:\/\/[^/]/.test(url) && URL.canParse(url), {
    error: 'is not a URL of Redis; write one such as redis://host:6379, or rediss://host:6379 for TLS',
    abort: true,
  })
  .refine((url) => !/:\/\/[^/?#]*@/.test(url), {
    error: 'contains a user name or a password; write them as separate keys, username: and password:',
    abort: true,
  })
  .refine((url) => /^rediss?:\/\/[^/?#]+(\/\d{0,4})?$/.test(url), {
    error: 'has more than a host, a port and a database number; write redis://host:6379/0',
  });

export const RedisGrants = section(() => ({
  url: redisUrl.describe(
    'The Redis server, version 6.2 or later; rediss:// for TLS, and after a "/" the database number. There is no default.',
  ),
  username: text('a user name', 'the name of a user of Redis')
    .optional()
    .describe('The Redis user, whose ACL limits what it may do. When absent: the default user of Redis.'),
  password: secret('a password')
    .optional()
    .describe(
      'The password of that user: { env: NAME } or { file: PATH } keep it out of the configuration. When absent, none is sent.',
    ),
  ca: path('./ca.pem')
    .optional()
    .describe("Certificate authorities to trust, a PEM file. When absent, Node's own."),
  cert: path('./client.pem')
    .optional()
    .describe('A client certificate for that server, a PEM file. When absent, none is sent.'),
  key: path('./client.key')
    .optional()
    .describe('The private key of that certificate, a PEM file. When absent, there is none.'),
  prefix: text('a prefix', 'a text such as exhook:grants:')
    .prefault(DEFAULT_GRANTS_PREFIX)
    .describe(
      'The prefix of every key. Clusters of brokers that share a Redis need different ones, because their nodes may have the same names. The default is exhook:grants:',
    ),
  ttl: duration(POSITIVE)
    .prefault('7d')
    .describe(
      'How long an unused grant is kept, in milliseconds: a client that neither logs in nor uses a topic loses it. The default is longer than most clients stay silent.',
    ),
  freshness: duration()
    .prefault('5s')
    .describe(
      'How long this process trusts what it has read, in milliseconds. A login that another instance answered is noticed only after that time. 0 asks Redis for every topic check. The default costs one request per client every 5 seconds.',
    ),
  timeout: duration(POSITIVE)
    .prefault('1s')
    .describe(
      "Time limit for Redis, in milliseconds; after it, onError decides. The default is well within EMQX's request_timeout.",
    ),
}))
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    when: whenValid,
    error: 'has one of cert and key; write both, or neither',
  })
  .refine(({ url, ca, cert }) => url.startsWith('rediss:') || (ca === undefined && cert === undefined), {
    when: whenValid,
    path: ['url'],
    error: 'does not use TLS, so ca, cert and key have no effect; write rediss://',
  });
export type RedisGrants = z.output<typeof RedisGrants>;

export const Grants = section(() => ({
  order: choice(['first', 'last'])
    .prefault('first')
    .describe(
      'Whether the grants of a client are checked before (first) or after (last) the rules. The default is first, as in EMQX.',
    ),
  max: wholeNumber('a number of clients', 1, 10_000_000)
    .prefault(100_000)
    .describe(
      'The most clients whose grants and tags this process keeps; the least recently used is evicted. The default is 100000.',
    ),
  redis: RedisGrants.optional().describe(
    'Keeps grants in Redis, which lets any of several instances answer for a client. When absent, they are in the memory of this process.',
  ),
}));
