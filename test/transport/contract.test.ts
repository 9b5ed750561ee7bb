/** One contract, two implementations: our lean path, and Connect's adapter behind the same guard. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineHook, type OnError } from '../../src/core/hook.ts';
import type { Lookup } from '../../src/core/runtime.ts';
import { Failure, type FailureCode } from '../../src/protocol/failure.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import { allow, observed, pass } from '../../src/protocol/schema/replies.ts';
import { findRpc, type Rpc, rpcs } from '../../src/protocol/wire/rpc.ts';
import { aClient, aMessage, inputs, SECRET } from '../support/inputs.ts';
import { bytesOf, type RecordedCall, readRecording } from '../support/recordings.ts';
import { hooksWith, readReply, requestOf, rpcFor } from '../support/runtime.ts';
import { v1Life } from '../support/v1-life.ts';
import { type Answer, frame, grpcHeaders, messagesIn, type RawClient, until } from './raw-client.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server-support.ts';

const lives: Record<string, RecordedCall[]> = {
  'emqx-5.3.2': readRecording('emqx-5.3.2'),
  'emqx-5.10.3': readRecording('emqx-5.10.3'),
  'emqx-4.4.3': v1Life({ meta: true }),
  'emqx-4.3.0': v1Life({ meta: false }),
};
const recorded = new Map(
  Object.values(lives)
    .flat()
    .map((call) => [call.path, bytesOf(call)] as const),
);

/** A request to every RPC: a recorded one where there is one. */
function requestTo(rpc: Rpc): Uint8Array {
  return recorded.get(rpc.path) ?? requestOf(rpc, inputs()[rpc.hook]);
}

/** Replies of the built-in hooks without a policy. */
function expectedReply({ hook }: Rpc): unknown {
  if (hook === 'provider.loaded') return ['message.publish'];
  if (hook === 'client.authenticate' || hook === 'client.authorize') return false;
  return hook === 'message.ingress' || hook === 'message.publish' ? 'ignore' : 'success';
}

/** What every answer looks like on the wire, whatever it says. */
function expectWellFormed(answer: Answer): void {
  expect(answer.status).toBe(200);
  expect(answer.isTrailersOnly).toBe(false);
  expect(answer.headers['content-type']).toMatch(/^application\/grpc/);
  expect(answer.headers['grpc-encoding'] ?? 'identity').toBe('identity');
  expect(answer.headers).not.toHaveProperty('content-encoding');
  expect(answer.headers).not.toHaveProperty('grpc-status');
  expect(answer.trailers['grpc-status']).toMatch(/^\d+$/);
  expect(answer.resetCode).toBe(0);
}

function expectReply(answer: Answer, rpc: Rpc): unknown {
  expectWellFormed(answer);
  expect(answer.trailers).toMatchObject({ 'grpc-status': '0' });
  const messages = messagesIn(answer.body);
  expect(messages).toHaveLength(1);
  expect(messages[0]?.flags).toBe(0);
  return readReply(rpc, messages[0]?.message as Buffer);
}

function expectStatus(answer: Answer, status: number): void {
  expectWellFormed(answer);
  expect({ status: answer.trailers['grpc-status'], text: answer.trailers['grpc-message'] }).toMatchObject({
    status: String(status),
    ...(status === 0 ? {} : { text: expect.stringMatching(/./) }),
  });
  if (status !== 0) expect(answer.body).toHaveLength(0);
}

const connected = rpcFor('client.connected');
const authorize = rpcFor('client.authorize');
const goodMessage = requestOf(connected, inputs()['client.connected']);

/** A field of protobuf with a length. */
function field(number: number, value: Uint8Array): Buffer {
  if (value.length > 127) throw new Error('too long for this helper');
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}

interface HostileCase {
  readonly what: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** DATA frames. */
  readonly pieces: Uint8Array[];
  readonly status: number;
  readonly failure?: FailureCode;
}

const MARK = Buffer.from(SECRET);
const invalid = { status: 3, failure: 'invalid_request' } as const;
const unsupported = { status: 12, failure: 'unknown_method' } as const;
const badText = Buffer.concat([field(1, field(2, Buffer.from([0xc3, 0x28]))), field(1, field(3, MARK))]);

const hostile: HostileCase[] = [
  { what: 'bytes that are not protobuf', pieces: [frame(Buffer.from([0xff, 0xff, ...MARK]))], ...invalid },
  {
    what: 'a request of another message type',
    path: authorize.path,
    pieces: [frame(field(5, MARK))],
    ...invalid,
  },
  { what: 'a message cut short', pieces: [frame(goodMessage.subarray(0, -3))], ...invalid },
  { what: 'a frame cut short', pieces: [frame(goodMessage).subarray(0, -3)], ...invalid },
  { what: 'a prefix cut short', pieces: [frame(goodMessage).subarray(0, 3)], ...invalid },
  { what: 'a prefix alone', pieces: [frame(goodMessage).subarray(0, 5)], ...invalid },
  { what: 'a length that is too long', pieces: [frame(goodMessage, { length: 10_000 })], ...invalid },
  { what: 'a length that is too short', pieces: [frame(goodMessage, { length: 3 })], ...invalid },
  { what: 'two messages', pieces: [frame(goodMessage), frame(goodMessage)], ...invalid },
  {
    what: 'two messages in one frame',
    pieces: [Buffer.concat([frame(goodMessage), frame(goodMessage)])],
    ...invalid,
  },
  {
    what: 'a message and the beginning of another',
    pieces: [frame(goodMessage), Buffer.from([0])],
    ...invalid,
  },
  { what: 'no message', pieces: [], ...invalid },
  { what: 'an empty message', pieces: [frame(Buffer.alloc(0))], ...invalid },
  {
    what: 'a length of 4 GiB',
    pieces: [frame(MARK, { length: 0xffff_ffff })],
    status: 8,
    failure: 'too_large',
  },
  {
    what: 'a message over the limit',
    pieces: [frame(Buffer.alloc(16 * 1024 * 1024 + 1))],
    status: 8,
    failure: 'too_large',
  },
  { what: 'the compressed flag', pieces: [frame(goodMessage, { flags: 1 })], ...unsupported },
  { what: 'a flag that does not exist', pieces: [frame(goodMessage, { flags: 2 })], ...invalid },
  { what: 'the end-of-stream flag of gRPC-Web', pieces: [frame(goodMessage, { flags: 0x80 })], ...invalid },
  {
    what: 'grpc-encoding gzip, and a message that is not compressed',
    headers: { 'grpc-encoding': 'gzip' },
    pieces: [frame(goodMessage)],
    status: 0,
  },
  {
    what: 'grpc-encoding gzip and the compressed flag',
    headers: { 'grpc-encoding': 'gzip' },
    pieces: [frame(goodMessage, { flags: 1 })],
    ...unsupported,
  },
  {
    what: 'an encoding that does not exist',
    headers: { 'grpc-encoding': 'correct' },
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  { what: 'text that is not UTF-8', pieces: [frame(badText)], ...invalid },
  {
    what: 'an enum number out of range',
    path: authorize.path,
    pieces: [frame(requestOf(authorize, { ...inputs()['client.authorize'], type: 7 }))],
    ...invalid,
  },
  {
    what: 'an absent sub-message',
    pieces: [frame(requestOf(connected, { meta: inputs()['client.connected'].meta }))],
    ...invalid,
  },
  {
    what: 'a topic of 10 MB',
    path: authorize.path,
    pieces: [frame(requestOf(authorize, { clientinfo: aClient(), topic: SECRET.repeat(500_000) }))],
    ...invalid,
  },
  {
    what: 'a topic of 10 MB in a message',
    path: rpcFor('message.publish').path,
    pieces: [
      frame(requestOf(rpcFor('message.publish'), { message: aMessage({ topic: 'x'.repeat(10_000_000) }) })),
    ],
    ...invalid,
  },
  { what: 'unknown fields', pieces: [frame(Buffer.concat([goodMessage, field(15, MARK)]))], status: 0 },
  {
    what: 'a known method with an unknown case',
    path: '/emqx.exhook.v3.HookProvider/onClientConnected',
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'an unknown method',
    path: '/emqx.exhook.v3.HookProvider/OnNothing',
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'an unknown method without a body',
    path: '/emqx.exhook.v3.HookProvider/OnNothing',
    pieces: [],
    ...unsupported,
  },
  {
    what: 'an unknown service',
    path: '/emqx.exhook.v9.HookProvider/OnClientConnected',
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'a method of another version',
    path: '/emqx.exhook.v3.HookProvider/OnClientCheckAcl',
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'an unknown method and an encoding',
    path: '/emqx.exhook.v3.HookProvider/OnNothing',
    headers: { 'grpc-encoding': 'gzip' },
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'an unknown method of health',
    path: '/grpc.health.v1.Health/Nothing',
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'a grpc-timeout that is no number',
    headers: { 'grpc-timeout': 'soon' },
    pieces: [frame(goodMessage)],
    ...invalid,
  },
  {
    what: 'a grpc-timeout of nine digits',
    headers: { 'grpc-timeout': '123456789S' },
    pieces: [frame(goodMessage)],
    ...invalid,
  },
  {
    what: 'a grpc-timeout without a unit',
    headers: { 'grpc-timeout': '5' },
    pieces: [frame(goodMessage)],
    ...invalid,
  },
  {
    what: 'a negative grpc-timeout',
    headers: { 'grpc-timeout': '-5S' },
    pieces: [frame(goodMessage)],
    ...invalid,
  },
  {
    what: 'the longest grpc-timeout',
    headers: { 'grpc-timeout': '99999999H' },
    pieces: [frame(goodMessage)],
    status: 0,
  },
  {
    what: 'a byte a DATA frame',
    pieces: [...frame(goodMessage)].map((byte) => Buffer.from([byte])),
    status: 0,
  },
  {
    what: 'a content-type with parameters and an encoding',
    headers: { 'content-type': 'application/grpc; charset=utf-8', 'grpc-encoding': 'gzip' },
    pieces: [frame(goodMessage, { flags: 1 })],
    ...unsupported,
  },
  {
    what: 'a grpc-timeout that holds a secret',
    headers: { 'grpc-timeout': SECRET },
    pieces: [frame(goodMessage)],
    ...invalid,
  },
  {
    what: 'a grpc-encoding that holds a secret',
    headers: { 'grpc-encoding': SECRET },
    pieces: [frame(goodMessage)],
    ...unsupported,
  },
  {
    what: 'a content-type with parameters',
    headers: { 'content-type': 'application/grpc; charset=utf-8' },
    pieces: [frame(goodMessage)],
    status: 0,
  },
  ...['application/grpc ; charset=utf-8', 'application/grpc\t;x="a;b\\""', 'Application/gRPC+Proto'].map(
    (type) => ({
      what: `the content-type ${type}`,
      headers: { 'content-type': type },
      pieces: [frame(goodMessage)],
      status: 0,
    }),
  ),
  {
    what: 'the plain content-type',
    headers: { 'content-type': 'application/grpc' },
    pieces: [frame(goodMessage)],
    status: 0,
  },
];

describe.each([
  ['lean', true],
  ['connect', false],
])('a call over the %s path', (_path, lean) => {
  const start = (options: Omit<TestServerOptions, 'lean'> = {}) => startTestServer({ ...options, lean });

  let server: TestServer;
  let client: RawClient;
  beforeAll(async () => {
    server = await start();
    client = server.client();
  });
  afterAll(async () => {
    const reply = expectReply(await client.call(connected.path, goodMessage), connected);
    await server.close();
    expect(reply).toBe('success');
  });

  /** Nothing is held for calls that have ended. */
  async function expectIdle({ listener }: TestServer): Promise<void> {
    await until(
      () => listener.connections.open === 0 && listener.load.bytes === 0 && listener.load.deciding === 0,
    );
  }

  it.each(rpcs.map((rpc) => [rpc.path, rpc] as const))('answers %s', async (path, rpc) => {
    expect(expectReply(await client.call(path, requestTo(rpc)), rpc)).toStrictEqual(expectedReply(rpc));
  });

  it.each(Object.entries(lives))('answers every call of %s, in one connection', async (_name, life) => {
    const own = server.client();
    const seen = server.runtime.calls.length;
    const replies = await Promise.all(
      life.map(async (call) => {
        const rpc = findRpc(call.path) as Rpc;
        const answer = await own.send(grpcHeaders(call.path, { ...call.headers }), frame(bytesOf(call)));
        return { reply: expectReply(answer, rpc), expected: expectedReply(rpc) };
      }),
    );
    expect(replies.map(({ reply }) => reply)).toStrictEqual(replies.map(({ expected }) => expected));
    expect(server.runtime.calls.length - seen).toBe(life.length);
    await own.close();
  });

  describe('that is hostile', () => {
    it.each(hostile)('gets status $status for $what', async ({ path, headers, pieces, status, failure }) => {
      const told = server.runtime.failures.length;
      const answer = await client.send(grpcHeaders(path ?? connected.path, headers), ...pieces);
      expectStatus(answer, status);
      expect(JSON.stringify([answer.headers, answer.trailers])).not.toContain(SECRET);
      if (failure !== undefined) {
        expect(answer.trailers['exhook-failure']).toBe(failure);
        expect(server.runtime.failures.slice(told).map(({ code }) => code)).toStrictEqual([failure]);
      }
      await expectIdle(server);
    });

    it.each([
      ['gzip', 1],
      ['identity', 1],
      ['deflate', 1],
      ['x-unheard-of', 0],
    ])(
      'learns that only identity is supported, for grpc-encoding %s and the flag %d',
      async (encoding, flags) => {
        const headers = grpcHeaders(connected.path, { 'grpc-encoding': encoding });
        const answer = await client.send(headers, frame(goodMessage, { flags }));
        expectStatus(answer, 12);
        expect(answer.headers['grpc-accept-encoding']).toBe('identity');
      },
    );

    it.each(['gzip', 'deflate', 'snappy', 'zstd'])(
      'is served for grpc-encoding %s and a message that is not compressed',
      async (encoding) => {
        const headers = grpcHeaders(connected.path, { 'grpc-encoding': encoding });
        expect(expectReply(await client.send(headers, frame(goodMessage)), connected)).toBe('success');
      },
    );

    it('gets its answer for 4 GiB at once, without more of it, and holds nothing', async () => {
      const { stream, answer } = client.open(grpcHeaders(connected.path));
      stream.write(frame(Buffer.alloc(10), { length: 0xffff_ffff }));
      expectStatus(await answer, 8);
      await expectIdle(server);
    });

    it.each([
      ['text/plain', 415],
      ['application/grp', 415],
      ['', 415],
    ])('gets HTTP 415 for the content type "%s"', async (type, status) => {
      const answer = await client.send(
        grpcHeaders(connected.path, { 'content-type': type }),
        frame(goodMessage),
      );
      expect(answer.status).toBe(status);
      await expectIdle(server);
    });

    it.each(['GET', 'PUT', 'DELETE'])('gets HTTP 405 for %s', async (method) => {
      const answer = await client.send(grpcHeaders(connected.path, { ':method': method }));
      expect(answer.status).toBe(405);
      await expectIdle(server);
    });

    it.each<HookName>(['client.connected', 'client.authorize', 'message.publish'])(
      'gets status 4 for headers of %s and no body that ever ends',
      async (hook) => {
        await using impatient = await start({ limits: { bodyTimeout: 100 } });
        const { answer } = impatient.client().open(grpcHeaders(rpcFor(hook).path));
        expectStatus(await answer, 4);
        expect(impatient.runtime.failures.map(({ code }) => code)).toStrictEqual(['deadline']);
        await expectIdle(impatient);
      },
    );

    it('gets status 4 for half a message, and then the bytes are let go', async () => {
      await using impatient = await start({ limits: { bodyTimeout: 100 } });
      const { stream, answer } = impatient.client().open(grpcHeaders(connected.path));
      stream.write(frame(goodMessage).subarray(0, -1));
      expectStatus(await answer, 4);
      await expectIdle(impatient);
    });

    it('gets status 8 for a message over a small limit, and status 0 at the limit', async () => {
      await using small = await start({ limits: { messageBytes: goodMessage.length } });
      const own = small.client();
      expectStatus(await own.call(connected.path, goodMessage), 0);
      const larger = Buffer.concat([goodMessage, field(15, Buffer.from([1]))]);
      expectStatus(await own.call(connected.path, larger), 8);
      await expectIdle(small);
    });
  });

  it('is never answered compressed, though the caller would take it', async () => {
    const rewritten = { kind: 'rewrite', payload: Buffer.alloc(100_000, 'x') } as const;
    const hook = defineHook({ name: 'message.publish', decide: () => ({ reply: rewritten }) });
    await using own = await start({ hooks: hooksWith(hook) });
    const rpc = rpcFor('message.publish');
    const answer = await own.client().call(rpc.path, requestOf(rpc, inputs()['message.publish']), {
      'grpc-accept-encoding': 'gzip,deflate,identity',
      'accept-encoding': 'gzip, br',
    });
    const { payload } = expectReply(answer, rpc) as { payload: Uint8Array };
    // Not by `expect` itself, whose words for a difference of this size take minutes.
    expect(rewritten.payload.equals(payload)).toBe(true);
    expect(answer.body.length).toBeGreaterThan(100_000);
  });

  describe('that fails on our side', () => {
    const boom = new Error(SECRET);
    const ask = () => ({ kind: 'thing' });
    /** How a hook fails with each code; the look-up of kind "thing" does the rest. */
    const failing = {
      lookup_failed: { status: 14, needs: ask, lookup: () => Promise.reject(boom) },
      lookup_timeout: {
        status: 4,
        needs: ask,
        lookup: () => Promise.reject(new Failure('lookup_timeout', 'a look-up took too long')),
      },
      deadline: { status: 4, needs: ask, timeout: '50m', lookup: () => new Promise(() => {}) },
      handler_threw: {
        status: 13,
        decide() {
          throw boom;
        },
      },
      invalid_reply: { status: 13, decide: () => ({ reply: { kind: SECRET } }) },
    } as const;
    type Failing = {
      status: number;
      needs?: () => object;
      decide?: () => object;
      timeout?: string;
      lookup?: () => Promise<never>;
    };
    const codes = Object.entries(failing) as [FailureCode, Failing][];
    const valued = ['client.authorize', 'message.publish'] as const;

    const withFailingHook = (name: HookName, { needs, decide, lookup }: Failing, onError?: OnError) => {
      const reply = name === 'message.publish' ? pass() : name === 'client.authorize' ? allow() : observed();
      const hook = { name, onError, needs, decide: decide ?? (() => ({ reply })) };
      return start({
        hooks: hooksWith(defineHook(definedOf(hook) as never) as never),
        lookups: lookup === undefined ? {} : { thing: lookup },
      });
    };
    const callOf = (name: HookName, timeout = '5S') => {
      const rpc = rpcFor(name);
      return [rpc.path, requestOf(rpc, inputs()[name]), { 'grpc-timeout': timeout }] as const;
    };

    it.each(
      codes.flatMap(([code, how]) =>
        [...valued, 'client.connected' as const].map((name) => [code, how.status, name, how] as const),
      ),
    )('ends %s with status %d when %s has no answer for it', async (code, status, name, how) => {
      await using own = await withFailingHook(name, how, name === 'client.connected' ? undefined : 'error');
      const answer = await own.client().call(...callOf(name, how.timeout));
      expectStatus(answer, status);
      expect(answer.trailers['exhook-failure']).toBe(code);
      expect(answer.trailers['grpc-message']).not.toContain(SECRET);
      expect(own.runtime.failures.map((failure) => failure.code)).toStrictEqual([code]);
      await expectIdle(own);
    });

    const answers = [
      ['client.authorize', 'deny', false],
      ['client.authorize', 'allow', true],
      ['client.authorize', 'ignore', 'ignore'],
      ['client.authenticate', undefined, false],
      ['message.publish', 'deny', { topic: 't/a', headers: { allow_publish: 'false' } }],
      ['message.publish', 'allow', 'ignore'],
      ['message.publish', 'ignore', 'ignore'],
    ] as const;
    it.each(
      codes.flatMap(([code, how]) =>
        answers.map(([name, onError, reply]) => [code, name, onError, reply, how] as const),
      ),
    )('answers %s of %s by onError %s', async (code, name, onError, reply, how) => {
      await using own = await withFailingHook(name, how, onError);
      const answer = await own.client().call(...callOf(name, how.timeout));
      const got = expectReply(answer, rpcFor(name));
      if (typeof reply === 'object') expect(got).toMatchObject(reply);
      else expect(got).toBe(reply);
      expect(own.runtime.failures.map((failure) => failure.code)).toStrictEqual([code]);
      await expectIdle(own);
    });

    it.each([
      ['error', 8, undefined],
      ['deny', 0, false],
      ['allow', 0, true],
      ['ignore', 0, 'ignore'],
    ] as const)(
      'is shed at once by onError %s when too many are in flight',
      async (onError, status, reply) => {
        let settle = (_: unknown): void => {};
        const lookup = () =>
          new Promise((resolve) => {
            settle = resolve;
          });
        const hook = defineHook({
          name: 'client.authorize',
          onError,
          needs: (_, { answers }) => ('thing' in answers ? undefined : { kind: 'thing' }),
          decide: () => ({ reply: allow() }),
        });
        await using own = await start({
          hooks: hooksWith(hook),
          lookups: { thing: lookup },
          limits: { inFlight: 1 },
        });
        const { load } = own.listener;
        const peer = own.client();
        const first = peer.call(...callOf('client.authorize'));
        await until(() => load.deciding === 1);
        const second = await peer.call(...callOf('client.authorize'));
        if (status === 0) expect(expectReply(second, authorize)).toBe(reply);
        else expectStatus(second, status);
        expect(own.runtime.failures.map(({ code }) => code)).toStrictEqual(['overloaded']);
        expect(load.shed).toBe(1);
        settle(true);
        expect(expectReply(await first, authorize)).toBe(true);
        await expectIdle(own);
      },
    );
  });

  it('leaves look-ups the part of the time that deadlineFraction says', async () => {
    let left = Number.NaN;
    const hook = defineHook({
      name: 'client.authorize',
      needs: (_, { answers }) => ('a' in answers ? undefined : { kind: 'a' }),
      decide: () => ({ reply: allow() }),
    });
    const a: Lookup = (_, { deadline = Number.POSITIVE_INFINITY }) => {
      left = deadline - performance.now();
    };
    await using own = await start({
      hooks: hooksWith(hook),
      lookups: { a },
      limits: { deadlineFraction: 0.5 },
    });
    await own
      .client()
      .call(authorize.path, requestOf(authorize, inputs()['client.authorize']), { 'grpc-timeout': '1000S' });
    // Half of it, less what reading took.
    expect(left).toBeLessThanOrEqual(500_000);
    expect(left).toBeGreaterThan(400_000);
  });

  it('asks as often as it needs to, and is answered when the look-up has been', async () => {
    const hook = defineHook({
      name: 'client.authorize',
      needs: (_, { answers }) => ['a', 'b'].map((kind) => ({ kind })).find(({ kind }) => !(kind in answers)),
      decide: (_, { answers }) => ({
        reply: answers.a === 1 && answers.b === 2 ? allow() : (observed() as never),
      }),
    });
    await using own = await start({ hooks: hooksWith(hook), lookups: { a: async () => 1, b: () => 2 } });
    const answer = await own
      .client()
      .call(authorize.path, requestOf(authorize, inputs()['client.authorize']));
    expect(expectReply(answer, authorize)).toBe(true);
    await expectIdle(own);
  });
});

/** Without the keys that have no value: `defineHook` knows absent from undefined. */
function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
