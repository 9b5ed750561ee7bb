/** One of the two configurations, opened in memory. */

import { registeredHooks } from '../../config/hook-list.ts';
import type { Config } from '../../config/schema.ts';
import type { AnyHook, HookTable } from '../../core/hook.ts';
import type { Lookup, Runtime } from '../../core/runtime.ts';
import { exactKey } from '../../lib/exact-key.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import { messageLabel } from '../../policy/messages/rule.ts';
import type { Policy } from '../../policy/policy.ts';
import { GRANTS } from '../../policy/topics/authorize-action.ts';
import { labelOf } from '../../policy/topics/rule.ts';
import { HIDDEN_TOKEN } from '../../protocol/schema/token.ts';
import { Gaps } from './gaps.ts';
import { Logins } from './logins.ts';
import { openOfflineMethods } from './offline-methods.ts';
import type { ComparedHook } from './subject.ts';
import { UnknownGrants } from './unknown-tags.ts';

export interface ConfigurationRun {
  readonly runtime: Pick<Runtime, 'hooks' | 'policy' | 'lookups'>;
  readonly logins: Logins;
  /** Gaps of the current call. */
  readonly gaps: Gaps;
  /** Ids of the messages that rules have judged at message.ingress. */
  readonly judged: Set<string>;
  /** Whether brokers call this hook. */
  isAsked(hook: ComparedHook): boolean;
  /** Identifies a rule by its content, independent of its position in the list. */
  identify(hook: ComparedHook, rule: string): string;
}

export interface ConfigurationRunSource {
  readonly config: Config;
  readonly policy: OpenPolicy;
  /** Hooks and look-ups of the user's own. */
  readonly custom: {
    readonly hooks: readonly AnyHook[];
    readonly lookups: Readonly<Record<string, Lookup>>;
  };
  /** All hooks, with those of the user's own in their places. */
  readonly table: HookTable;
}

export async function openConfigurationRun({
  config,
  policy,
  custom,
  table,
}: ConfigurationRunSource): Promise<ConfigurationRun> {
  const gaps = new Gaps();
  const judged = new Set<string>();
  const logins = new Logins(policy);
  const grants = new UnknownGrants(gaps);
  const offline = await openOfflineMethods(config, policy.lookups, gaps);
  const names = registeredHooks(
    config,
    custom.hooks.map(({ name }) => name),
  ).map(({ name }) => name as string);
  const rules = new Map<string, string>();
  for (const [i, rule] of policy.rules.entries())
    rules.set(`client.authorize ${labelOf(rule, i)}`, contentOf(rule));
  for (const [i, rule] of (config.publish?.rules ?? []).entries())
    for (const hook of ['message.ingress', 'message.publish'])
      rules.set(`${hook} ${messageLabel(rule, i)}`, contentOf(rule));
  return {
    runtime: {
      hooks: table,
      policy: withJudged(offlinePolicy(policy, logins, grants, hasTokenNames(config)), judged),
      lookups: {
        ...policy.lookups,
        ...offline,
        ...(hasRemoteTokens(config) && { [GRANTS]: () => grants.granted }),
        ...refuse(custom, gaps),
      },
    },
    logins,
    gaps,
    judged,
    isAsked: (hook) => names.includes(hook),
    identify: (hook, rule) => rules.get(`${hook} ${rule}`) ?? rule,
  };
}

function withJudged(policy: Policy, judged: ReadonlySet<string>): Policy {
  const { publish } = policy;
  if (publish === undefined) return policy;
  return { ...policy, publish: { ...publish, wasAtIngress: ({ message }) => judged.has(message.id) } };
}

/** Without its name, which has no effect. */
function contentOf(rule: object): string {
  return exactKey({ ...rule, name: undefined });
}

/**
 * @param hasTokens whether a user name may be a token: recordings contain neither tokens nor their grants.
 */
function offlinePolicy(
  opened: OpenPolicy,
  logins: Logins,
  grants: UnknownGrants,
  hasTokens: boolean,
): Policy {
  const { authenticate, authorize, publish, revision } = opened.policies;
  return {
    hooks: [],
    revision,
    publish,
    ...(authenticate && { authenticate: { ...authenticate, isLimited: false } }),
    ...(authorize && {
      authorize: {
        ...authorize,
        judge: grants.judge(opened.rules, opened.conditions, authorize.judge),
        grantsOf: (client) =>
          hasTokens && client.username === HIDDEN_TOKEN
            ? grants.granted
            : logins.find(client, grants.granted),
      },
    }),
  };
}

function hasTokenNames({ authenticate }: Config): boolean {
  return authenticate?.methods.some(({ jwt }) => jwt?.from === 'username') === true;
}

/** Whether a user name may be a token whose key comes from a service. */
function hasRemoteTokens({ authenticate }: Config): boolean {
  return authenticate?.methods.some(({ jwt }) => jwt?.from === 'username' && jwt.jwks !== undefined) === true;
}

/** Look-ups of custom modules may reach anything: they are not run. */
function refuse(custom: ConfigurationRunSource['custom'], gaps: Gaps): Record<string, Lookup> {
  return Object.fromEntries(
    Object.entries(custom.lookups).map(([kind, lookup]): [string, Lookup] => [
      kind,
      () => {
        const hookIds = custom.hooks.map(identityOf);
        gaps.add({
          needs: `the look-up ${kind}`,
          signature: JSON.stringify(['custom', kind, identityOf(lookup), hookIds]),
        });
        throw new TypeError(`the look-up ${kind} is not run here`);
      },
    ]),
  );
}

const identities = new WeakMap<object, number>();
let known = 0;

/** Both configurations may load the same module, and so have the same functions. */
function identityOf(value: object): number {
  const id = identities.get(value) ?? ++known;
  identities.set(value, id);
  return id;
}
