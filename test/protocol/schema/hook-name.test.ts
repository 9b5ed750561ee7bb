import { describe, expect, it } from 'vitest';
import {
  hookNames,
  isHookName,
  isMessageHook,
  isRegistrable,
  isValued,
  registrableHookNames,
} from '../../../src/protocol/schema/hook-name.ts';

describe('hook names', () => {
  it('are 22, each once', () => {
    expect(new Set(hookNames).size).toBe(22);
    expect(hookNames).toHaveLength(22);
  });

  it.each(hookNames)('hold %s', (name) => {
    expect(isHookName(name)).toBe(true);
    expect(name).toMatch(/^(provider|client|session|message)\.[a-z]+$/);
  });

  it.each(['client.check_acl', 'session.takeovered', 'client', '', 'toString', undefined, null, 1, {}])(
    'do not hold %j',
    (name) => {
      expect(isHookName(name)).toBe(false);
    },
  );

  it('have a value if the answer changes what the broker does', () => {
    expect(hookNames.filter(isValued)).toStrictEqual([
      'client.authenticate',
      'client.authorize',
      'message.ingress',
      'message.publish',
    ]);
  });

  it('are about messages where they say so', () => {
    expect(hookNames.filter(isMessageHook)).toStrictEqual([
      'message.ingress',
      'message.publish',
      'message.delivered',
      'message.dropped',
      'message.acked',
    ]);
  });

  it('can be registered, all but those about the provider', () => {
    expect(registrableHookNames).toHaveLength(20);
    expect(hookNames.filter((name) => !isRegistrable(name))).toStrictEqual([
      'provider.loaded',
      'provider.unloaded',
    ]);
  });
});
