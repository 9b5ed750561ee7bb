/** Where what clients were granted at login is kept. */
import type * as z from 'zod';
import { choice, section, text, whenValid, wholeNumber } from '../../lib/schema/builders.ts';
import { secret } from '../../lib/schema/secret.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';

/** What keys of grants begin with, unless told otherwise. */
export const DEFAULT_GRANTS_PREFIX = 'exhook:grants:';

const path = (example: string) => text('a path', `a path such as ${example}`);

const redisUrl = text('a URL', 'a URL such as redis://host:6379 or rediss://host:6379')
  .refine((url) => /^rediss?:\/\/[^/]/.test(url) && URL.canParse(url), {
    error: 'is not a URL of Redis; write one such as redis://host:6379, or rediss://host:6379 for TLS',
    abort: true,
  })
  .refine((url) => !/:\/\/[^/?#]*@/.test(url), {
    error: 'holds a user name or a password; write username: and password: on lines of their own',
    abort: true,
  })
  .refine((url) => /^rediss?:\/\/[^/?#]+(\/\d{0,4})?$/.test(url), {
    error: 'has more than a host, a port and the number of a database; write redis://host:6379/0',
  });

export const RedisGrants = section(() => ({
  url: redisUrl.describe(
    'The Redis server, version 6.2 or later; rediss:// for TLS, and behind a "/" the number of a database. There is no default.',
  ),
  username: text('a user name', 'the name of a user of Redis')
    .optional()
    .describe('The user of Redis, whose ACL says what it may do. When absent: the default user of Redis.'),
  password: secret('a password')
    .optional()
    .describe(
      'Its password: { env: NAME } or { file: PATH } keep it out of the file. When absent, none is sent.',
    ),
  ca: path('./ca.pem')
    .optional()
    .describe(
      "Certificate authorities that may have signed the server's certificate, a PEM file. When absent, Node's own.",
    ),
  cert: path('./client.pem')
    .optional()
    .describe('A client certificate, a PEM file. When absent, none is shown.'),
  key: path('./client.key')
    .optional()
    .describe('The private key of that certificate, a PEM file. When absent, there is none.'),
  prefix: text('a prefix', 'a text such as exhook:grants:')
    .prefault(DEFAULT_GRANTS_PREFIX)
    .describe(
      'What every key begins with. Clusters of brokers that share a Redis need one each, because nodes of two clusters may have the same name. The default is exhook:grants:',
    ),
  ttl: duration(POSITIVE)
    .prefault('7d')
    .describe(
      'How long the grant of a client is kept that neither logs in nor uses a topic, in milliseconds. The default is longer than most clients are silent.',
    ),
  freshness: duration()
    .prefault('5s')
    .describe(
      'How long this process believes what it has read, in milliseconds: so long a login that another instance answered may go unnoticed here. 0 asks Redis for every topic. The default costs one request a client every 5 seconds.',
    ),
  timeout: duration(POSITIVE)
    .prefault('1s')
    .describe(
      "The longest wait for Redis, in milliseconds. The default lies well within EMQX's request_timeout; then onError decides.",
    ),
}))
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    when: whenValid,
    error: 'has one of cert and key; write both, or neither',
  })
  .refine(({ url, ca, cert }) => url.startsWith('rediss:') || (ca === undefined && cert === undefined), {
    when: whenValid,
    path: ['url'],
    error: 'is in the clear, so that ca, cert and key are of no use; write rediss://',
  });
export type RedisGrants = z.output<typeof RedisGrants>;

export const Grants = section(() => ({
  order: choice(['first', 'last'])
    .prefault('first')
    .describe(
      'Whether the grants that a client brought along are asked before the rules, or after them. The default is first, as in EMQX.',
    ),
  max: wholeNumber('a number of clients', 1, 10_000_000)
    .prefault(100_000)
    .describe(
      'The most clients whose grants and tags this process remembers; the one unused for longest is forgotten. The default is 100000.',
    ),
  redis: RedisGrants.optional().describe(
    'Keeps grants in Redis, so that any of several instances may answer for a client. When absent, they are in the memory of this process.',
  ),
}));
