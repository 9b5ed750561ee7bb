/** Rules that ask about properties of a message that has more of them than are read. */
import { describe, expect, it } from 'vitest';
import { MAX_LIST_ITEMS } from '../../../src/protocol/schema/list-limit.ts';
import { judge } from '../../support/messages.ts';

const listOf = (length: number) => Array.from({ length }, (_, i) => ({ name: `k${i}`, value: 'v' }));
const whole = { userProps: listOf(MAX_LIST_ITEMS) };
const cut = { userProps: listOf(MAX_LIST_ITEMS + 1) };
const REASON = `the message has more than ${MAX_LIST_ITEMS} properties`;

describe('a message with more properties than are read', () => {
  it.each(['"secret" in user_props', '!("k0" in user_props)'])(
    'is dropped by a rule with drop and %s',
    async (when) => {
      const rules = [{ when, drop: 'not allowed' }];
      expect(await judge(rules, whole)).toMatchObject({ verdict: 'pass' });
      expect(await judge(rules, cut)).toMatchObject({
        verdict: 'drop',
        reason: expect.stringContaining(REASON) as unknown,
      });
    },
  );

  it('is judged as ever by rules that do not ask about them', async () => {
    expect(await judge([{ when: '"secret" in props', drop: true }], cut)).toMatchObject({ verdict: 'pass' });
    expect(await judge([{ when: 'qos == 2', drop: true }], cut)).toMatchObject({ verdict: 'pass' });
  });

  it('is not changed by a rule whose condition asks about them', async () => {
    const rules = [{ when: '"k0" in user_props', set: { payload: 'x' } }];
    expect(await judge(rules, whole)).toMatchObject({ verdict: 'rewrite' });
    expect(await judge(rules, cut)).toMatchObject({ verdict: 'pass' });
  });

  it('gives a template the first of a name, and fails where it has none', async () => {
    const rule = (name: string) => [{ set: { payload: `\${user_props.${name}}` }, onError: 'drop' as const }];
    expect(await judge(rule('k7'), cut)).toMatchObject({ verdict: 'rewrite' });
    expect(await judge(rule('none'), cut)).toMatchObject({
      verdict: 'drop',
      reason: expect.stringContaining(REASON) as unknown,
    });
    expect(await judge(rule('none'), whole)).toMatchObject({
      reason: expect.stringContaining('is not there') as unknown,
    });
  });
});
