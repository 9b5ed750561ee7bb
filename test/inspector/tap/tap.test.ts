import { describe, expect, it } from 'vitest';
import { call } from '../../../src/core/call.ts';
import { defineHook } from '../../../src/core/hook.ts';
import type { Runtime } from '../../../src/core/runtime.ts';
import { Tap, type TapOptions } from '../../../src/inspector/tap/tap.ts';
import { verdictOf } from '../../../src/inspector/tap/verdict.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { allow, deny, drop } from '../../../src/protocol/schema/replies.ts';
import { aCredential, inputs, SECRET } from '../../support/inputs.ts';
import { aRuntime, bytes, hooksWith, requestOf, rpcFor } from '../../support/runtime.ts';

function open(overrides: Parameters<typeof aRuntime>[0] = {}, options: Partial<TapOptions> = {}) {
  const runtime = aRuntime(overrides);
  const tap = new Tap({ calls: 10, bytes: 1e6, payloads: true, ...options });
  const flow = tap.watchFlow(call);
  const watched = tap.watchRuntime(() => runtime);
  const make = (hook: HookName, fields: object = inputs()[hook], through: Runtime = watched()) => {
    const rpc = rpcFor(hook);
    return flow(rpc, bytes, requestOf(rpc, fields), through, 1000, {});
  };
  return { runtime, tap, make, watched };
}

const login = (reply: () => ReturnType<typeof allow>) =>
  hooksWith(
    defineHook({
      name: 'client.authenticate',
      needs: (_, { answers }) =>
        'authenticate/users' in answers ? undefined : { kind: 'authenticate/users' },
      decide: () => ({ reply: reply() }),
    }),
  );

describe('a watched call', () => {
  it('is kept with what was asked and answered, and answers as it would unwatched', () => {
    const { tap, make, runtime } = open();
    const answer = make('client.authorize');
    expect(answer).toEqual(
      call(
        rpcFor('client.authorize'),
        bytes,
        requestOf(rpcFor('client.authorize'), inputs()['client.authorize']),
        aRuntime(),
        1000,
      ),
    );
    const record = tap.ring.get(1);
    expect(record?.input).toMatchObject({ topic: inputs()['client.authorize'].topic });
    expect(record && verdictOf(record)).toBe('deny');
    expect(record?.decidedAt).toBeGreaterThanOrEqual(record?.since ?? 0);
    expect(runtime.calls).toHaveLength(1);
  });

  it('has its look-ups with what they came to', async () => {
    const { tap, make } = open({
      hooks: login(() => allow()),
      lookups: { 'authenticate/users': async () => ({ result: 'unknown', reason: 'no such user' }) },
    });
    await make('client.authenticate');
    expect(tap.ring.get(1)?.lookups).toEqual([
      {
        kind: 'authenticate/users',
        since: expect.any(Number),
        ms: expect.any(Number),
        outcome: 'unknown',
        reason: 'no such user',
      },
    ]);
  });

  it('has a look-up that failed, the code of the failure, and the answer of onError', async () => {
    const { tap, make } = open({
      hooks: login(() => allow()),
      lookups: {
        'authenticate/users': () => {
          throw new Error(`no connection with ${SECRET}`);
        },
      },
    });
    await make('client.authenticate');
    const record = tap.ring.get(1);
    expect(record?.lookups?.[0]).toMatchObject({ outcome: 'failed', reason: 'lookup_failed' });
    expect(record?.failure?.code).toBe('lookup_failed');
    expect(record?.decision?.by).toBe('onError');
    expect(record && verdictOf(record)).toBe('deny');
    expect(tap.ring.size).toBe(1);
  });

  it('never holds the password', async () => {
    const { tap, make } = open({
      hooks: login(() => allow()),
      lookups: { 'authenticate/users': () => ({ result: 'allow' }) },
    });
    await make('client.authenticate', {
      ...inputs()['client.authenticate'],
      clientinfo: aCredential({ password: SECRET }),
    });
    const text = JSON.stringify([...tap.ring.all()], (_, value) => (typeof value === 'bigint' ? 0 : value));
    expect(text).not.toContain(SECRET);
    expect(tap.ring.get(1)?.hasPassword).toBe(true);
  });

  it('that cannot be read is kept as failed, once', () => {
    const { tap, make, runtime, watched } = open();
    const rpc = rpcFor('client.authorize');
    const flow = tap.watchFlow(call);
    expect(flow(rpc, bytes, Uint8Array.of(0x0a, 0x7f), watched(), 1000, {})).toBeInstanceOf(Failure);
    expect(tap.ring.size).toBe(1);
    expect(tap.ring.get(1)).toMatchObject({ status: 3, failure: { code: 'invalid_request' } });
    expect(runtime.failures).toHaveLength(1);
    make('client.authorize');
    expect(tap.ring.size).toBe(2);
  });

  it('that was refused before it became one is kept, too', () => {
    const { tap, watched } = open();
    watched().failed(rpcFor('client.authorize'), new Failure('overloaded', 'too many calls are in flight'));
    expect(tap.ring.get(1)).toMatchObject({ status: 8, failure: { code: 'overloaded' } });
    watched().failed(undefined, new Failure('unknown_method', 'there is no such method'));
    expect(tap.ring.size).toBe(1);
  });

  it('whose answer waits for a sink has the time that it waited, and the answer that replaced its own', async () => {
    const { runtime, tap } = open({
      hooks: hooksWith(defineHook({ name: 'message.publish', decide: () => ({ reply: { kind: 'pass' } }) })),
    });
    const holding: Runtime = { ...runtime, decided: async () => drop('sink_failed') };
    const rpc = rpcFor('message.publish');
    await tap.watchFlow(call)(rpc, bytes, requestOf(rpc, inputs()['message.publish']), holding, 1000, {});
    const record = tap.ring.get(1);
    expect(record?.override).toEqual(drop('sink_failed'));
    expect(record && verdictOf(record)).toBe('drop');
    expect(record?.heldMs).toBeGreaterThanOrEqual(0);
  });

  it('has the number of the connection that the request was read from', () => {
    const { tap, make } = open();
    tap.received(rpcFor('client.authorize'), new Uint8Array(0), {}, 7);
    make('client.authorize');
    make('client.authorize');
    expect([tap.ring.get(1)?.connection, tap.ring.get(2)?.connection]).toEqual([7, undefined]);
  });

  it('that the inspector makes is marked', async () => {
    const { tap, make, runtime } = open();
    const rpc = rpcFor('client.authorize');
    const made = await tap.replay(rpc, requestOf(rpc, inputs()['client.authorize']), runtime, 1000);
    make('client.authorize');
    expect(made.seq).toBe(1);
    expect([tap.ring.get(1)?.isReplay, tap.ring.get(2)?.isReplay]).toEqual([true, false]);
  });

  it('holds no more memory than the ring allows, whatever clients send', () => {
    const { tap, make } = open({}, { calls: 1000, bytes: 300_000 });
    const message = { ...inputs()['message.publish'].message, payload: new Uint8Array(100_000) };
    for (let i = 0; i < 20; i++) make('message.publish', { ...inputs()['message.publish'], message });
    expect(tap.ring.bytes).toBeLessThanOrEqual(300_000);
    expect(tap.ring.size).toBeLessThan(5);
    const filters = Array.from({ length: 100 }, () => ({ name: 'x'.repeat(1000) }));
    for (let i = 0; i < 20; i++)
      make('client.subscribe', { ...inputs()['client.subscribe'], topicFilters: filters });
    expect(tap.ring.bytes).toBeLessThanOrEqual(300_000);
    expect(tap.ring.size).toBeLessThan(3);
  });
});

describe('the releases of brokers', () => {
  it('are those that their calls say, for 64 nodes at most', () => {
    const { tap, make } = open();
    for (let i = 0; i < 200; i++)
      make('client.connected', {
        ...inputs()['client.connected'],
        meta: { node: `n${i}`, version: '5.10.3', sysdescr: '', clusterName: '' },
      });
    expect(tap.releases.get('n199')).toBe('5.10.3');
    expect(tap.releases.size).toBeLessThanOrEqual(64);
  });
});

it('A denial counts as a refusal of its client', () => {
  const { tap, make } = open({
    hooks: hooksWith(defineHook({ name: 'client.authorize', decide: () => ({ reply: deny('no') }) })),
  });
  make('client.authorize');
  expect(tap.clients.get(inputs()['client.authorize'].clientinfo.clientid)).toMatchObject({
    calls: 1,
    refused: 1,
  });
});
