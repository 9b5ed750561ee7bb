/**
 * Makes rules rely only on names for which the login methods vouch: warns, or with `authorize.strict`
 * refuses.
 */
import { inSlices } from '../../lib/slices.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { type BoundName, boundNames, nameWords } from '../../policy/login/bound-names.ts';
import { usesOfRule } from '../../policy/login/name-uses.ts';
import type { Login, MethodAnswer } from '../../policy/policy.ts';
import type { CompiledRule } from '../../policy/topics/compiled-rule.ts';
import { labelOf, type Rule } from '../../policy/topics/rule.ts';
import type { OpenedMethod } from './methods.ts';
import {
  authorizeReliances,
  complaints,
  makeReliances,
  publishReliances,
  targetReliances,
} from './name-check.ts';
import type { PolicyConfig, PolicyWorld } from './open-policy.ts';
import { guaranteedBy, vouchersOf } from './vouches-for.ts';

export interface NameGuard {
  /** The methods; with `strict` they refuse clients whose names they do not vouch for. */
  readonly methods: readonly OpenedMethod[];
  /** @throws TypeError with a line per problem when the rules must not be used. */
  readonly accept: (rules: readonly CompiledRule[]) => Promise<void>;
  /** Warnings about the accepted rules, and about targets. */
  readonly warnings: readonly string[];
  /** Call it when users or rules have changed: logs new warnings. */
  renew(): void;
}

export function createNameGuard(
  config: PolicyConfig,
  opened: readonly OpenedMethod[],
  conditions: CompileCondition | undefined,
  log: PolicyWorld['log'],
): NameGuard {
  const { authenticate, authorize } = config;
  const isStrict = authorize?.strict === true;
  const vouchers = vouchersOf(authenticate, opened);
  const ofMessages = publishReliances(config, conditions);
  const ofTargets = targetReliances(config);
  let ofTopics = makeReliances();
  let told: readonly string[] = [];

  const all = (topics = ofTopics) =>
    [topics, ofMessages, ofTargets].flatMap((some) => complaints(some, vouchers));
  const isNeeded = (name: BoundName) => ofTopics[name].count + ofMessages[name].count > 0;

  return {
    methods: isStrict ? opened.map((method) => guarded(method, isNeeded)) : opened,
    async accept(rules) {
      const own = authorize?.rules.length ?? 0;
      const next = await inSlices(authorizeReliances(rules, own, makeReliances()));
      const problems = isStrict ? [next, ofMessages].flatMap((some) => complaints(some, vouchers)) : [];
      if (problems.length > 0) throw new TypeError(problems.join('\n'));
      ofTopics = next;
    },
    get warnings() {
      told = all();
      return told;
    },
    renew() {
      const before = new Set(told);
      told = all();
      for (const line of told) if (!before.has(line)) log.warn(line);
    },
  };
}

/** A users file may get a user with only one name after the rules were accepted. */
function guarded(method: OpenedMethod, isNeeded: (name: BoundName) => boolean): OpenedMethod {
  const { open } = method;
  if (open === undefined) return method;
  return {
    ...method,
    open: {
      ...open,
      async look(client, context) {
        const answer = await open.look(client, context);
        const reason = answer.result === 'allow' ? findRefusal(method, client, answer, isNeeded) : undefined;
        return reason === undefined ? answer : { result: 'deny', reason };
      },
    },
  };
}

function findRefusal(
  method: OpenedMethod,
  client: Login,
  { grant }: MethodAnswer & { result: 'allow' },
  isNeeded: (name: BoundName) => boolean,
): string | undefined {
  const vouched = guaranteedBy(method, client);
  const missing = boundNames.find((name) => isNeeded(name) && !vouched.has(name));
  if (missing !== undefined)
    return `no login method vouches for its ${nameWords[missing]}, which rules rely on (authorize.strict)`;
  for (const [i, rule] of ((grant?.rules ?? []) as readonly Rule[]).entries()) {
    const unvouched = [...usesOfRule(rule).keys()].find((name) => !vouched.has(name));
    if (unvouched !== undefined)
      return `cannot use the grants: ${labelOf(rule, i)} relies on the ${nameWords[unvouched]}, which no login method vouches for (authorize.strict)`;
  }
  return undefined;
}
