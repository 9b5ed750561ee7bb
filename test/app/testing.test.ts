import { describe, expect, it } from 'vitest';
import { callHook } from '../../src/app/testing.ts';
import { defineHook } from '../../src/core/hook.ts';
import { hooks } from '../../src/core/hooks/index.ts';
import { hookNames } from '../../src/protocol/schema/hook-name.ts';
import { allow, deny, drop, observed, pass, rewrite } from '../../src/protocol/schema/replies.ts';

const fields = { clientinfo: {}, conninfo: {}, message: {}, broker: {} };

describe('callHook', () => {
  it.each(hookNames)('calls the built-in %s with an empty request', async (name) => {
    const hook = hooks[name] as never;
    const needed = Object.fromEntries(Object.entries(fields).filter(([key]) => key in inputKeys(name)));
    const { status, failure } = await callHook(hook, needed as never);
    expect([failure, status]).toStrictEqual([undefined, 0]);
  });

  it('gives the hook the given fields, and defaults for the rest', async () => {
    const seen: unknown[] = [];
    const hook = defineHook({
      name: 'message.publish',
      decide: (input) => {
        seen.push(input);
        return { reply: pass() };
      },
    });
    const payload = new Uint8Array([0, 255]);
    await callHook(hook, {
      message: { topic: 't', payload, timestamp: 2n ** 60n },
      userProps: [{ name: 'a', value: 'b' }],
    });
    expect(seen).toMatchObject([
      {
        message: { topic: 't', qos: 0, timestamp: 2n ** 60n, headers: {} },
        userProps: [{ name: 'a', value: 'b' }],
        props: [],
      },
    ]);
    expect([...(seen[0] as { message: { payload: Uint8Array } }).message.payload]).toStrictEqual([0, 255]);
  });

  it.each([
    ['pass', pass()],
    ['rewrite', rewrite({ topic: 'x' })],
    ['drop', drop('why')],
  ])('has the reply and the events: %s', async (kind, reply) => {
    const events = [{ type: 'a.b', subject: 's', data: { n: 1 } }];
    const hook = defineHook({ name: 'message.publish', decide: () => ({ reply, events }) });
    const result = await callHook(hook, { message: { topic: 't' } });
    expect(result).toMatchObject({ reply: { kind }, events, status: 0 });
    expect(result).not.toHaveProperty('failure');
  });

  const asking = defineHook({
    name: 'client.authorize',
    onError: 'allow',
    needs: (_input, { answers }) => ('who' in answers ? undefined : { kind: 'who' }),
    decide: (_input, { answers }) => ({ reply: answers.who === 'me' ? allow() : deny('not me') }),
  });

  it('answers questions with the look-ups it was given', async () => {
    const { reply } = await callHook(asking, { clientinfo: {} }, { lookups: { who: async () => 'me' } });
    expect(reply?.kind).toBe('allow');
  });

  it.each([
    ['a look-up that fails', { who: () => Promise.reject(new Error('no')) }, 'lookup_failed', 'no'],
    ['a look-up that does not exist', {}, 'handler_threw', 'there is no look-up of kind "who"'],
  ])(
    'with %s returns the failure, and the answer of onError that the broker got',
    async (_what, lookups, failure, reason) => {
      const result = await callHook(asking, { clientinfo: {} }, { lookups });
      expect(result).toMatchObject({ failure, reason, status: 0, events: [] });
      expect(result.reply).toBeUndefined();
    },
  );

  it('does not wait longer than the broker', async () => {
    const lookups = { who: () => new Promise(() => {}) };
    const result = await callHook(asking, { clientinfo: {} }, { lookups, timeout: 20 });
    expect(result).toMatchObject({ failure: 'deadline', status: 0 });
  });

  it('has a status where no onError can answer', async () => {
    const hook = defineHook({
      name: 'client.connected',
      decide: () => {
        throw new Error('mine');
      },
    });
    expect(await callHook(hook, { clientinfo: {} })).toStrictEqual({
      events: [],
      failure: 'handler_threw',
      reason: 'mine',
      status: 13,
    });
  });

  it('refuses a request that no broker could send', async () => {
    const hook = defineHook({ name: 'client.connected', decide: () => ({ reply: observed() }) });
    expect(await callHook(hook, {})).toMatchObject({ failure: 'invalid_request', status: 3 });
  });

  it('knows a hook that does not exist', async () => {
    const hook = { name: 'client.conect', decide: () => ({ reply: observed() }) };
    await expect(callHook(hook as never, {})).rejects.toThrow('there is no hook client.conect');
  });
});

/** The sub-messages that a request of a hook has. */
function inputKeys(name: string): Record<string, true> {
  if (name === 'provider.loaded') return { broker: true };
  if (name === 'client.connect' || name === 'client.connack') return { conninfo: true };
  if (name === 'message.publish' || name === 'message.dropped') return { message: true };
  if (name.startsWith('message.')) return { message: true, clientinfo: true };
  return name === 'provider.unloaded' ? {} : { clientinfo: true };
}
