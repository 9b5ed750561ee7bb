import * as z from 'zod';
import {
  allOf,
  choice,
  expects,
  fraction,
  oneOf,
  section,
  whenValid,
  wholeNumber,
  yesOrNo,
} from '../../lib/schema/builders.ts';
import { duration, POSITIVE } from '../../lib/schema/units.ts';
import { MAX_METHODS, reservedNames } from '../../policy/login/authenticate.ts';
import { loginMethods } from '../methods/kinds.ts';
import { EVERYONE } from '../methods/option-parts.ts';
import { MethodSection, methodOf, nameMethods } from './authenticate-methods.ts';

const methodsError = expects('a list', 'methods, each after a "-", such as - users: { file: ./users.yaml }');

/** Keys that every policy has. */
export const otherwise = choice(['deny', 'allow', 'ignore']);
export const onError = choice(['deny', 'allow', 'ignore', 'error']);
export const mode = choice(['enforce', 'shadow']);

const Cache = section(() => ({
  ttl: duration()
    .prefault('1m')
    .describe(
      'How long an admitted login is cached, in milliseconds. The default is short, because a change in an HTTP service is noticed only afterwards; a changed users file clears the cache.',
    ),
  negativeTtl: duration()
    .prefault('5s')
    .describe(
      'How long a login that was not admitted is cached, in milliseconds. The default keeps clients that retry constantly from costing much.',
    ),
  jitter: fraction()
    .prefault(0.1)
    .describe(
      'The fraction by which these times are shortened at random: logins made together are then not looked up again together. The default is a tenth.',
    ),
  max: wholeNumber('a number of logins', 1, 10_000_000)
    .prefault(100_000)
    .describe('The most logins cached; the least recently used is evicted. The default takes about 20 MB.'),
}));

function bucket(what: string, burst: number) {
  return section(() => ({
    burst: wholeNumber('a number of failures', 1, 1_000_000)
      .prefault(burst)
      .describe(
        `Failed logins allowed ${what} before further ones are limited, and logins allowed concurrently. The default forgives typing errors.`,
      ),
    refill: duration(POSITIVE)
      .prefault('10s')
      .describe(
        `The time in milliseconds after which one failed login ${what} is forgiven. The default allows six guesses per minute.`,
      ),
  })).optional();
}

const Limiter = section(() => ({
  perClientId: bucket('per client id', 5).describe(
    'Limits failed logins per client id. With perUsername, they count only where a method vouches for the client id; elsewhere an attacker can choose another one for each guess.',
  ),
  perUsername: bucket('per user name', 10).describe(
    'Limits failed logins per user name, from any address, where a method vouches for the user name. Clients that share a user name share its tokens: set burst to at least the number that log in at once.',
  ),
  perAddress: bucket('per address', 50).describe(
    'Limits failed logins per address, or per /64 of IPv6. Leave it out behind a load balancer without PROXY protocol, where all clients have the same address.',
  ),
  action: choice(['refuse', 'delay'])
    .prefault('refuse')
    .describe(
      'What happens to a client over the limit: refuse answers at once without a look-up; delay waits before the look-up, for at most burst attempts at once. With refuse, anyone who knows a name can lock its owner out; with delay, only while many attempts for that name are in progress. The default is refuse.',
    ),
  maxDelay: duration(POSITIVE)
    .prefault('2s')
    .describe(
      "The longest wait of delay, in milliseconds. The default is well within EMQX's request_timeout.",
    ),
  max: wholeNumber('a number of clients', 1, 10_000_000)
    .prefault(100_000)
    .describe(
      'The most client ids, the most user names and the most addresses that are kept, as digests. The default takes about 10 MB for each of the three.',
    ),
})).refine((limits) => limits.perClientId || limits.perUsername || limits.perAddress, {
  when: whenValid,
  error: 'has no limit; write perUsername: {} or perAddress: {}',
});

export const Authenticate = section(() => ({
  methods: z
    .array(MethodSection, { error: methodsError })
    .min(1, { error: methodsError })
    .max(MAX_METHODS, { error: `is too long; write at most ${MAX_METHODS} methods` })
    .describe(
      `The methods in order: the first that recognises a client decides. Each is one of ${allOf(loginMethods.map(({ name }) => name))}; docs/policies.md explains them. There is no default.`,
    ),
  otherwise: otherwise
    .prefault('deny')
    .describe(
      'The answer for a client that no method recognises. ignore leaves it to the broker: EMQX before 5.9 refuses it unless an authenticator of its own admits it, EMQX since 5.9 admits it if it has none. The default is deny.',
    ),
  onError: onError
    .prefault('deny')
    .describe(
      'The answer for a login that cannot be decided, because a service is down or slow. With error, the call ends with a status, and failed_action of the broker decides. The default is deny.',
    ),
  mode: mode
    .prefault('enforce')
    .describe(
      "shadow decides, logs and counts, but keeps the broker's own result; EMQX before 5.9 refuses such clients unless an authenticator of its own admits them. The default is enforce.",
    ),
  rememberLate: duration({ min: 0, max: 30_000, reads: 'up to 30s' })
    .prefault('30s')
    .describe(
      "How long an admission by users or an HTTP service that arrives after its login was answered is kept, under a keyed hash, for the client's next attempt; it is used once. 0s keeps none. The default, 30s, is the maximum.",
    ),
  cache: Cache.optional().describe(
    'Caches answers of users and HTTP services, under keyed hashes. When absent, nothing is cached.',
  ),
  limiter: Limiter.optional().describe('Slows down password guessing. When absent, logins are not limited.'),
  iKnowThisAllowsEveryone: yesOrNo()
    .prefault(false)
    .describe(
      'Accepts a policy that admits every client. Such a policy is rejected by default, because it is mostly a mistake.',
    ),
}))
  .superRefine(({ methods }, context) => {
    if (context.issues.length > 0) return;
    const names = nameMethods(methods).map(({ name }) => name);
    names.forEach((name, i) => {
      const isReserved = reservedNames.includes(name);
      if (names.indexOf(name) === i && !isReserved) return;
      const message = isReserved
        ? `is a reserved name (${oneOf(reservedNames)}); write another one`
        : 'is the name of another method; write another one';
      context.addIssue({ code: 'custom', path: ['methods', i, 'name'], message });
    });
  })
  .superRefine(({ methods, otherwise: last, iKnowThisAllowsEveryone }, context) => {
    if (iKnowThisAllowsEveryone || context.issues.length > 0) return;
    if (last === 'allow') context.addIssue({ code: 'custom', path: ['otherwise'], message: EVERYONE });
    methods.forEach((section, i) => {
      const { method, options } = methodOf(section);
      const message = method.admitsEveryone?.(options);
      if (message !== undefined)
        context.addIssue({ code: 'custom', path: ['methods', i, method.name], message });
    });
  });

export type Authenticate = z.output<typeof Authenticate>;
