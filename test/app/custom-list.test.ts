import { describe, expect, it } from 'vitest';
import { replaceHooks } from '../../src/app/custom-hooks.ts';
import { defineHook, type Hook } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import type { IngressSupport } from '../../src/policy/ingress.ts';
import { type HookSpec, loaded } from '../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';

const ingress = (...topics: string[]): HookSpec => ({ name: 'message.ingress', topics });
const publish: HookSpec = { name: 'message.publish', topics: ['a/#'] };

function answerOf(hooks: unknown, version: string, support?: IngressSupport): unknown {
  const custom = defineHook({
    name: 'provider.loaded',
    decide: () => ({ reply: loaded(hooks as HookSpec[]) }),
  });
  const hook = replaceHooks(builtIn, [custom])['provider.loaded'] as unknown as Hook;
  const input = { broker: { version }, meta: { node: 'a' } } as unknown as HookInput;
  const { reply } = hook.decide(input, { policy: { hooks: [], ingress: support }, answers: {} });
  return (reply as { hooks?: unknown }).hooks;
}

describe('the list of a custom provider.loaded', () => {
  it.each<[version: string, support: IngressSupport | undefined, expected: HookSpec[]]>([
    ['6.2.0', undefined, [publish]],
    ['6.2.0', 'always', [ingress(), publish]],
    ['6.3.0-beta.2', 'auto', [publish]],
    ['', 'auto', [publish]],
    ['6.3.0', 'auto', [ingress(), publish]],
    ['6.3.0', 'never', [publish]],
  ])('goes to EMQX %j (publish.ingress: %s) as far as it can take it', (version, support, expected) => {
    expect(answerOf([ingress(), publish], version, support)).toStrictEqual(expected);
  });

  it('has message.ingress for every topic, since a broker refuses messages outside of its filters', () => {
    expect(answerOf([ingress('a/#'), publish], '6.3.0')).toStrictEqual([ingress(), publish]);
  });

  it.each([['no list'], [[{ name: 'message.ingress' }]], [undefined]])(
    'is left for the check of replies when it is %j',
    (hooks) => {
      expect(answerOf(hooks, '6.3.0')).toStrictEqual(hooks);
    },
  );
});
