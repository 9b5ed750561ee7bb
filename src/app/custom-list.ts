/**
 * Makes the list of hooks of a custom provider.loaded safe for the broker that asks. A broker without message.ingress
 * refuses a whole list that contains it, and admits everybody. A broker with it refuses every message outside of topic
 * filters.
 */
import type { AnyHook, Hook, Outcome } from '../core/hook.ts';
import { hooksFor, withoutIngressTopics } from '../policy/ingress.ts';
import { HookSpec } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';

/** Wraps the hook; any hook other than provider.loaded is returned unchanged. */
export function boundList(custom: AnyHook): AnyHook {
  const hook = custom as Hook;
  if (hook.name !== 'provider.loaded') return custom;
  const bound: Hook = {
    ...hook,
    decide(input, context) {
      const outcome = hook.decide(input, context);
      const hooks = listOf(outcome);
      if (hooks === undefined) return outcome;
      const { version } = (input as HookInput<'provider.loaded'>).broker;
      const safe = withoutIngressTopics(hooksFor(hooks, version, context.policy.ingress));
      return { ...outcome, reply: { kind: 'loaded', hooks: safe } };
    },
  };
  return bound as AnyHook;
}

/** Undefined if it is not a list: that is refused later, with the reason. */
function listOf(outcome: Outcome | undefined | null): readonly HookSpec[] | undefined {
  const { kind, hooks } = (outcome?.reply ?? {}) as { kind?: unknown; hooks?: unknown };
  const parsed = kind === 'loaded' ? HookSpec.array().safeParse(hooks) : undefined;
  return parsed?.data;
}
