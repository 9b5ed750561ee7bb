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

const methodsError = expects('a list', 'methods, each behind a "-", such as - users: { file: ./users.yaml }');

/** What every policy has. */
export const otherwise = choice(['deny', 'allow', 'ignore']);
export const onError = choice(['deny', 'allow', 'ignore', 'error']);
export const mode = choice(['enforce', 'shadow']);

const Cache = section(() => ({
  ttl: duration()
    .prefault('1m')
    .describe(
      'How long an admitted login is remembered, in milliseconds, so that it is not looked up again. The default is short, because a changed HTTP service is noticed only after it; a changed users file clears it.',
    ),
  negativeTtl: duration()
    .prefault('5s')
    .describe(
      'The same for a login that was not admitted. The default keeps a client that tries again and again from costing much.',
    ),
  jitter: fraction()
    .prefault(0.1)
    .describe(
      'The part of the time by which it is shortened at random, so that logins made together are not looked up again together. The default is a tenth.',
    ),
  max: wholeNumber('a number of logins', 1, 10_000_000)
    .prefault(100_000)
    .describe(
      'The most logins remembered; the one unused for longest is forgotten. The default costs about 20 MB.',
    ),
}));

function bucket(what: string, burst: number) {
  return section(() => ({
    burst: wholeNumber('a number of failures', 1, 1_000_000)
      .prefault(burst)
      .describe(
        `How many failed logins ${what} may have before they are held up, and how many may be under way at once. The default forgives typing errors.`,
      ),
    refill: duration(POSITIVE)
      .prefault('10s')
      .describe(
        `The time in milliseconds after which one failed login ${what} is forgiven. The default allows six guesses a minute.`,
      ),
  })).optional();
}

const Limiter = section(() => ({
  perClientId: bucket('of one client id', 5).describe(
    'Failed logins of one client id. With perUsername, they count where a method vouches for the client id; elsewhere a guesser chooses another one for each guess.',
  ),
  perUsername: bucket('of one user name', 10).describe(
    'Failed logins of one user name, from wherever they come, where a method vouches for the user name. Clients that share a user name share its tokens: write a burst of at least as many as log in at once.',
  ),
  perAddress: bucket('from one address', 50).describe(
    'Failed logins from one address, or from one /64 of IPv6. Leave it out behind a balancer without PROXY protocol, where all clients have one address.',
  ),
  action: choice(['refuse', 'delay'])
    .prefault('refuse')
    .describe(
      'What happens to a client that is held up: refuse answers at once without a look-up, delay waits before it, with no more than burst attempts at once. With refuse, whoever knows a name can lock its owner out; delay does so only while many attempts of that name are under way. The default is refuse.',
    ),
  maxDelay: duration(POSITIVE)
    .prefault('2s')
    .describe(
      "The longest wait of delay, in milliseconds. The default lies well within EMQX's request_timeout.",
    ),
  max: wholeNumber('a number of clients', 1, 10_000_000)
    .prefault(100_000)
    .describe(
      'The most client ids, the most user names and the most addresses that are remembered, as digests. The default costs about 10 MB for each of the three.',
    ),
})).refine((limits) => limits.perClientId || limits.perUsername || limits.perAddress, {
  when: whenValid,
  error: 'limits nothing; write perUsername: {} or perAddress: {}',
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
      'What becomes of a client that no method recognises. ignore leaves it to the broker: EMQX before 5.9 refuses it unless an authenticator of its own admits it, EMQX since 5.9 admits it if it has none. The default is deny.',
    ),
  onError: onError
    .prefault('deny')
    .describe(
      'What becomes of a login that cannot be decided, because a service is down or slow; error ends the call with a status, and failed_action of the broker decides. The default is deny.',
    ),
  mode: mode
    .prefault('enforce')
    .describe(
      "shadow decides, logs and counts, and leaves the broker's own result as it is; EMQX before 5.9 refuses such clients unless an authenticator of its own admits them. The default is enforce.",
    ),
  rememberLate: duration({ min: 0, max: 30_000, reads: 'up to 30s' })
    .prefault('30s')
    .describe(
      "How long an admission by users or an HTTP service that came after its login had been answered is kept, under a keyed hash, for the same client's next attempt; it is used once. 0s keeps none. The default, 30s, is the most.",
    ),
  cache: Cache.optional().describe(
    'Remembers what users and HTTP services said, under keyed hashes. When absent, nothing is remembered.',
  ),
  limiter: Limiter.optional().describe('Slows down guessing. When absent, nobody is held up.'),
  iKnowThisAllowsEveryone: yesOrNo()
    .prefault(false)
    .describe(
      'Accepts a policy that admits every client. Such a policy is refused by default, since it is mostly a mistake.',
    ),
}))
  .superRefine(({ methods }, context) => {
    if (context.issues.length > 0) return;
    const names = nameMethods(methods).map(({ name }) => name);
    names.forEach((name, i) => {
      const isReserved = reservedNames.includes(name);
      if (names.indexOf(name) === i && !isReserved) return;
      const message = isReserved
        ? `has a meaning of its own, as ${oneOf(reservedNames)} do; write another one`
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
