import { create, type Message } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { call, type Result } from '../src/call.ts';
import { Failure, type FailureCode, failureCodes } from '../src/failure.ts';
import { type AnyHook, defineHook, type OnError } from '../src/hook.ts';
import { hookNames, isValued, type ValuedHookName } from '../src/schema/hook-name.ts';
import { allow, deny, drop, ignore, observed, pass, type Reply, rewrite } from '../src/schema/replies.ts';
import type { Codec, Lookup } from '../src/shell.ts';
import { methodOf } from '../src/wire/descriptors.ts';
import { lower } from '../src/wire/lower.ts';
import type { Rpc } from '../src/wire/rpc.ts';
import { inputs, SECRET } from './support/inputs.ts';
import {
  aShell,
  bytes,
  callWith,
  type FakeShell,
  hooksWith,
  readReply,
  requestOf,
  rpcFor,
} from './support/shell.ts';

const requests = inputs();
const valued = hookNames.filter(isValued);
const notifications = hookNames.filter((name) => !isValued(name) && name !== 'provider.loaded');
const onErrors = ['deny', 'allow', 'ignore', 'error', undefined] as const;
const ourCodes = failureCodes.filter((code) => new Failure(code, '').isOurs);

const read = (name: Rpc['hook'], result: unknown) => readReply(rpcFor(name), result as Result<Uint8Array>);
const event = { type: 'own.fact', subject: 's', data: { a: 1 } };

/** A hook of any kind, without the compiler's help. */
const rough = (hook: Record<string, unknown>) => hook as unknown as AnyHook;

function oneHook(hook: Record<string, unknown>, lookups: Record<string, Lookup> = {}): FakeShell {
  return aShell({ hooks: hooksWith(rough(hook)), lookups });
}

describe('a call without a question', () => {
  it.each(hookNames)('of %s is answered at once, with no promise', (name) => {
    const shell = aShell();
    const result = callWith(name, requests[name], shell, 0);
    expect(result).toBeInstanceOf(Uint8Array);
    expect(shell.calls).toMatchObject([{ rpc: { hook: name }, input: requests[name] }]);
    expect(shell.failures).toStrictEqual([]);
  });

  it('is answered at once also if the hook could have asked', () => {
    const shell = oneHook({
      name: 'client.authenticate',
      needs: () => undefined,
      decide: () => ({ reply: allow() }),
    });
    expect(callWith('client.authenticate', requests['client.authenticate'], shell)).toBeInstanceOf(
      Uint8Array,
    );
  });

  it('sees the policy, no answers, and an input without the password', () => {
    const decide = vi.fn(() => ({ reply: observed() }));
    const shell = oneHook({ name: 'client.connected', decide });
    callWith('client.connected', { clientinfo: { clientid: 'a', password: SECRET } }, shell);
    expect(decide).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ clientinfo: expect.not.objectContaining({ password: SECRET }) }),
      { policy: shell.policy, answers: {} },
    );
  });

  const verdicts: [hook: ValuedHookName, reply: Reply, answer: unknown][] = [
    ['client.authenticate', allow(), true],
    ['client.authenticate', deny('r'), false],
    ['client.authenticate', ignore(), 'ignore'],
    ['client.authorize', allow(), true],
    ['client.authorize', deny('r'), false],
    ['client.authorize', ignore(), 'ignore'],
    ['message.publish', pass(), 'ignore'],
    ['message.publish', rewrite({ topic: 'b' }), expect.objectContaining({ topic: 'b', qos: 1 })],
    [
      'message.publish',
      drop('r'),
      expect.objectContaining({ headers: expect.objectContaining({ allow_publish: 'false' }) }),
    ],
  ];
  it.each(verdicts)('of %s carries the reply to the broker: %j', (name, reply, answer) => {
    const shell = oneHook({ name, decide: () => ({ reply }) });
    expect(read(name, callWith(name, requests[name], shell))).toStrictEqual(answer);
    expect(shell.calls).toMatchObject([{ reply, events: undefined }]);
  });

  it('takes bodies in whatever form the codec has', () => {
    const rpc = rpcFor('client.authorize', 'v1');
    const messages: Codec<Message, Message> = { decode: (_, body) => body, encode: lower };
    const request = create(methodOf(rpc).input, { clientinfo: {}, topic: 't' } as Record<string, unknown>);
    expect(call(rpc, messages, request, aShell(), 1)).toMatchObject({
      $typeName: 'emqx.exhook.v1.ValuedResponse',
      value: { case: 'boolResult', value: false },
    });
  });
});

describe('a call with questions', () => {
  const login = {
    name: 'client.authenticate',
    needs: (_: unknown, { answers }: { answers: Record<string, unknown> }) => {
      if (!('user' in answers)) return { kind: 'user', id: 'alice' };
      return 'hash' in answers ? undefined : { kind: 'hash', of: answers.user };
    },
    decide: (_: unknown, { answers }: { answers: Record<string, unknown> }) => ({
      reply: answers.hash === 'match' ? allow() : deny('wrong password'),
      events: [{ ...event, data: answers }],
    }),
  };

  it('asks, looks up, asks again, and decides with all answers', async () => {
    const order: unknown[] = [];
    const lookup: Lookup = async (question) => {
      order.push(question);
      return question.kind === 'user' ? { salt: 1 } : 'match';
    };
    const shell = oneHook(login, { user: lookup, hash: lookup });
    const result = callWith('client.authenticate', requests['client.authenticate'], shell);
    expect(result).toBeInstanceOf(Promise);
    expect(shell.calls).toStrictEqual([]);
    expect(read('client.authenticate', await result)).toBe(true);
    expect(order).toStrictEqual([
      { kind: 'user', id: 'alice' },
      { kind: 'hash', of: { salt: 1 } },
    ]);
    expect(shell.events()).toStrictEqual([{ ...event, data: { user: { salt: 1 }, hash: 'match' } }]);
  });

  it('is a promise even if the look-up answers at once', async () => {
    const shell = oneHook(login, { user: () => 1, hash: () => 'other' });
    const result = callWith('client.authenticate', requests['client.authenticate'], shell);
    expect(result).toBeInstanceOf(Promise);
    expect(read('client.authenticate', await result)).toBe(false);
  });

  it('of many clients keeps their answers apart', async () => {
    const shell = oneHook(
      {
        name: 'client.authenticate',
        needs: (input: { clientinfo: { clientid: string } }, { answers }: { answers: object }) =>
          'id' in answers ? undefined : { kind: 'id', id: input.clientinfo.clientid },
        decide: (input: { clientinfo: { clientid: string } }, { answers }: { answers: { id: string } }) => ({
          reply: answers.id === input.clientinfo.clientid ? allow() : deny('mixed up'),
        }),
      },
      { id: async ({ id }) => id },
    );
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        callWith('client.authenticate', { clientinfo: { clientid: `c${index}` } }, shell),
      ),
    );
    expect(results.map((result) => read('client.authenticate', result))).toStrictEqual(Array(50).fill(true));
  });
});

/** What fails on our side, and with which code. */
const faults: [
  what: string,
  code: FailureCode,
  hook: Record<string, unknown>,
  lookups?: Record<string, Lookup>,
][] = [
  [
    'decide throws',
    'handler_threw',
    {
      decide: () => {
        throw new Error(SECRET);
      },
    },
  ],
  [
    'decide throws what is no error',
    'handler_threw',
    {
      decide: () => {
        throw undefined;
      },
    },
  ],
  [
    'needs throws',
    'handler_threw',
    {
      needs: () => {
        throw new Error(SECRET);
      },
    },
  ],
  ['needs returns null', 'handler_threw', { needs: () => null }],
  ['needs never has enough', 'handler_threw', { needs: () => ({ kind: 'k' }) }, { k: () => 1 }],
  ['needs asks what nobody answers', 'handler_threw', { needs: () => ({ kind: SECRET }) }],
  ['needs is async', 'handler_threw', { needs: async () => undefined }],
  ['needs is async and rejects', 'handler_threw', { needs: () => Promise.reject(new Error(SECRET)) }],
  ['decide returns nothing', 'invalid_reply', { decide: () => undefined }],
  ['decide returns no reply', 'invalid_reply', { decide: () => ({}) }],
  ['decide returns a bare reply', 'invalid_reply', { decide: () => allow() }],
  ['decide returns a reply of no kind', 'invalid_reply', { decide: () => ({ reply: { kind: SECRET } }) }],
  [
    "decide returns another hook's reply",
    'invalid_reply',
    { decide: () => ({ reply: { kind: 'loaded', hooks: [] } }) },
  ],
  ['decide gives no reason', 'invalid_reply', { decide: () => ({ reply: { kind: 'deny', reason: '' } }) }],
  [
    'decide returns a topic that cannot be',
    'invalid_reply',
    { decide: () => ({ reply: rewrite({ topic: `${SECRET}/#` }) }) },
  ],
  [
    'decide returns a bad event',
    'invalid_reply',
    { name: 'any', decide: () => ({ reply: { kind: 'any' }, events: [{ type: '' }] }) },
  ],
  ['decide is async', 'invalid_reply', { decide: async () => ({ reply: allow() }) }],
  ['decide is async and rejects', 'invalid_reply', { decide: () => Promise.reject(new Error(SECRET)) }],
  [
    'a look-up throws',
    'lookup_failed',
    { needs: () => ({ kind: 'k' }) },
    { k: () => Promise.reject(new Error(SECRET)) },
  ],
  [
    'a look-up never answers',
    'deadline',
    { needs: () => ({ kind: 'k' }) },
    { k: () => new Promise(() => {}) },
  ],
  [
    'decide throws after an answer',
    'handler_threw',
    {
      needs: (_: unknown, { answers }: { answers: object }) => ('k' in answers ? undefined : { kind: 'k' }),
      decide: () => {
        throw new Error(SECRET);
      },
    },
    { k: () => 1 },
  ],
  [
    'decide returns nothing after an answer',
    'invalid_reply',
    {
      needs: (_: unknown, { answers }: { answers: object }) => ('k' in answers ? undefined : { kind: 'k' }),
      decide: () => undefined,
    },
    { k: () => 1 },
  ],
  ...ourCodes.map((code): [string, FailureCode, Record<string, unknown>, Record<string, Lookup>] => [
    `a look-up fails with ${code}`,
    code,
    { needs: () => ({ kind: 'k' }) },
    { k: () => Promise.reject(new Failure(code, 'text')) },
  ]),
];

function answerOf(name: ValuedHookName, onError: OnError | undefined, code: FailureCode): unknown {
  const policy = onError ?? (name === 'message.publish' ? 'error' : 'deny');
  if (policy === 'error') return code;
  if (name === 'message.publish')
    return policy === 'deny'
      ? expect.objectContaining({ headers: expect.objectContaining({ allow_publish: 'false' }) })
      : 'ignore';
  return { deny: false, allow: true, ignore: 'ignore' }[policy];
}

describe.each(faults)('when %s', (_what, code, fault, lookups = {}) => {
  const fail = async (name: Rpc['hook'], onError?: OnError) => {
    const hook = { decide: () => ({ reply: allow() }), ...fault, name, ...(onError && { onError }) };
    const shell = oneHook(hook, lookups);
    return { shell, result: await callWith(name, requests[name], shell, 1) };
  };

  const cases = valued.flatMap((name) => onErrors.map((onError) => ({ name, onError })));
  it.each(cases)('$name with onError $onError answers so, reports nothing', async ({ name, onError }) => {
    const { shell, result } = await fail(name, onError);
    expect(read(name, result)).toStrictEqual(answerOf(name, onError, code));
    expect(shell.failures).toMatchObject([{ code }]);
    expect(shell.calls).toStrictEqual([]);
  });

  it.each(['client.connected', 'provider.loaded'] as const)('%s ends with a status', async (name) => {
    const loads = name === 'provider.loaded' && _what.includes("another hook's");
    if (loads) return;
    const { shell, result } = await fail(name);
    expect(result).toBeInstanceOf(Failure);
    expect(result).toMatchObject({ code });
    expect(result).toBe(shell.failures[0]);
    expect(shell.calls).toStrictEqual([]);
  });

  it('the caller learns nothing of what was thrown or returned', async () => {
    const { result } = await fail('client.connected');
    expect((result as Failure).message).not.toContain(SECRET);
  });
});

describe('a promise that a hook should not have returned', () => {
  const unhandled = vi.fn();
  afterEach(() => {
    process.off('unhandledRejection', unhandled);
  });

  it.each([
    [
      'decide',
      { decide: () => Promise.reject(new Error('x')) },
      'decide must not be async: ask a question instead',
    ],
    [
      'needs',
      { needs: () => Promise.reject(new Error('x')) },
      'needs must not be async: return a question instead',
    ],
  ])('of %s does not bring the process down when it rejects', async (_what, fault, text) => {
    process.on('unhandledRejection', unhandled);
    const shell = oneHook({ name: 'client.connected', decide: () => ({ reply: observed() }), ...fault });
    await callWith('client.connected', requests['client.connected'], shell);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
    expect(shell.failures[0]?.cause).toMatchObject({ message: text });
  });
});

describe('an invalid request', () => {
  const invalid: [what: string, name: Rpc['hook'], body: (rpc: Rpc) => Uint8Array, text: RegExp][] = [
    [
      'bytes that are no message',
      'client.authenticate',
      () => Uint8Array.of(0x0a, 0x7f),
      /not a emqx\.exhook/,
    ],
    ['no client', 'client.authenticate', () => new Uint8Array(), /^clientinfo: /],
    ['no client', 'client.authorize', () => new Uint8Array(), /^clientinfo: /],
    ['no message', 'message.publish', () => new Uint8Array(), /^message: /],
    ['no broker', 'provider.loaded', () => new Uint8Array(), /^broker: /],
    ['no connection', 'client.connect', () => new Uint8Array(), /^conninfo: /],
    [
      'an action that does not exist',
      'client.authorize',
      (rpc) => requestOf(rpc, { clientinfo: {}, type: 7, topic: 't' }),
      /^type: must be 0 \(publish\) or 1 \(subscribe\)$/,
    ],
    [
      'a QoS that does not exist',
      'message.publish',
      (rpc) => requestOf(rpc, { message: { qos: 3, topic: SECRET } }),
      /^message\.qos: must be a QoS: 0, 1 or 2$/,
    ],
    [
      'a topic that no packet can hold',
      'message.publish',
      (rpc) => requestOf(rpc, { message: { topic: SECRET.repeat(10_000) } }),
      /^message\.topic: must be at most 65535 bytes/,
    ],
  ];

  describe.each(invalid)('(%s, %s)', (_what, name, body, text) => {
    it.each(onErrors)('is INVALID_ARGUMENT whatever onError says: %s', (onError) => {
      const rpc = rpcFor(name);
      const decide = vi.fn();
      const shell = oneHook({ name, decide, ...(onError && { onError }) });
      const result = call(rpc, bytes, body(rpc), shell, 1);
      expect(result).toMatchObject({ code: 'invalid_request', status: 3 });
      expect(result).toBe(shell.failures[0]);
      expect((result as Failure).message).toMatch(text);
      expect((result as Failure).message).not.toContain(SECRET);
      expect(decide).not.toHaveBeenCalled();
      expect(shell.calls).toStrictEqual([]);
    });
  });
});

describe('events', () => {
  const two = [event, { ...event, id: 'i2' }];
  const hook = (fields: object) => ({
    name: 'client.connected',
    decide: () => ({ reply: observed(), events: two }),
    ...fields,
  });

  it('are handed over once, in the order of the hook', () => {
    const shell = oneHook(hook({}));
    callWith('client.connected', requests['client.connected'], shell);
    expect(shell.calls).toHaveLength(1);
    expect(shell.events()).toStrictEqual(two);
  });

  it('are handed over once after a question', async () => {
    const needs = (_: unknown, { answers }: { answers: object }) =>
      'k' in answers ? undefined : { kind: 'k' };
    const shell = oneHook(hook({ needs }), { k: () => 1 });
    await callWith('client.connected', requests['client.connected'], shell);
    expect(shell.events()).toStrictEqual(two);
  });

  it('are not handed over when the reply cannot be encoded', () => {
    const shell = oneHook(hook({}));
    const rpc = rpcFor('client.connected');
    const broken: Codec<Uint8Array, Uint8Array> = {
      ...bytes,
      encode: () => {
        throw new Error('x');
      },
    };
    const result = call(rpc, broken, requestOf(rpc, requests['client.connected']), shell, 1);
    expect(result).toMatchObject({ code: 'handler_threw' });
    expect(shell.calls).toStrictEqual([]);
  });

  it('are not handed over by a call that came too late', async () => {
    vi.useFakeTimers();
    try {
      const needs = (_: unknown, { answers }: { answers: object }) =>
        'k' in answers ? undefined : { kind: 'k' };
      const shell = oneHook(hook({ needs }), {
        k: () => new Promise((resolve) => setTimeout(resolve, 200, 1)),
      });
      const result = callWith('client.connected', requests['client.connected'], shell, 100);
      await vi.advanceTimersByTimeAsync(500);
      expect(await result).toMatchObject({ code: 'deadline' });
      expect(shell.calls).toStrictEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});

it.each(notifications)('%s is observed, however little the hook reports', (name) => {
  const shell = oneHook({ name, decide: () => ({ reply: observed() }) });
  expect(read(name, callWith(name, requests[name], shell))).toBe('success');
  expect(shell.events()).toStrictEqual([]);
});

it('no hook can make a call throw, reject or go unanswered', async () => {
  const value = fc.oneof(
    fc.anything(),
    fc.constantFrom({ reply: allow() }, { reply: pass() }, { reply: observed() }, { reply: drop('r') }),
  );
  const behaviour = fc.record({ how: fc.constantFrom('return', 'throw', 'promise'), value });
  const act = ({ how, value }: { how: string; value: unknown }) => {
    if (how === 'throw') throw value;
    return how === 'promise' ? Promise.resolve(value) : value;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...hookNames),
      fc.constantFrom(...onErrors),
      fc.option(behaviour, { nil: undefined }),
      behaviour,
      behaviour,
      async (name, onError, needs, decide, lookup) => {
        const hook: Record<string, unknown> = { name, decide: () => act(decide) };
        if (onError !== undefined && isValued(name)) hook.onError = onError;
        if (needs !== undefined)
          hook.needs = (_: unknown, { answers }: { answers: object }) =>
            'k' in answers ? act(needs) : { kind: 'k' };
        const shell = oneHook(hook, { k: () => act(lookup) });
        const result = await callWith(name, requests[name], shell, 1_000);
        expect(result instanceof Uint8Array || result instanceof Failure).toBe(true);
        expect(shell.calls.length + shell.failures.length).toBe(1);
      },
    ),
    { numRuns: 300 },
  );
});

it('a hook made with defineHook is called as it is', () => {
  const own = defineHook({
    name: 'message.publish',
    decide: ({ message }) => ({ reply: rewrite({ topic: `x/${message.topic}` }) }),
  });
  const shell = aShell({ hooks: hooksWith(own as unknown as AnyHook) });
  const result = callWith('message.publish', requests['message.publish'], shell);
  expect(read('message.publish', result)).toMatchObject({ topic: 'x/t/a' });
});
