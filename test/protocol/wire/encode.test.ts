import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import * as v1 from '../../../gen/emqx/exhook/v1/exhook_pb.ts';
import * as v2 from '../../../gen/emqx/exhook/v2/exhook_pb.ts';
import * as v3 from '../../../gen/emqx/exhook/v3/exhook_pb.ts';
import {
  allow,
  deny,
  drop,
  type HookSpec,
  ignore,
  loaded,
  observed,
  pass,
  type Reply,
  rewrite,
} from '../../../src/protocol/schema/replies.ts';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { encode } from '../../../src/protocol/wire/encode.ts';
import { toResponseMessage } from '../../../src/protocol/wire/response-message.ts';
import { type Rpc, rpcs } from '../../../src/protocol/wire/rpc.ts';
import { aMessage } from '../../support/inputs.ts';
import { rpcFor } from '../../support/runtime.ts';

const packages = { v1, v2, v3 };
const versions = ['v1', 'v2', 'v3'] as const;
const STOP_AND_RETURN = 2;
const IGNORE = 1;
const payload = Uint8Array.of(0, 255, 1);

/** How a broker of this version reads it. */
const read = (rpc: Rpc, reply: Reply, request: object) =>
  fromBinary(methodOf(rpc).output, encode(rpc, reply, request)) as Message & {
    type: number;
    value: { case?: string; value?: unknown };
    hooks: { name: string; topics: string[] }[];
  };

const emptyOf = (rpc: Rpc) => create(methodOf(rpc).input);

describe.each(versions)('replies in %s', (version) => {
  const rpc = rpcFor('message.publish', version);
  const { MessagePublishRequestSchema, MessageSchema } = packages[version];
  const message = aMessage({ qos: 2, headers: { username: 'bob', allow_publish: 'true' } });
  const { $typeName: _, ...fields } = create(v3.MessageSchema, message);
  const request = decode(
    rpc,
    toBinary(MessagePublishRequestSchema, create(MessagePublishRequestSchema, { message: fields })),
  );
  const sent = (changed: object) => create(MessageSchema, { ...fields, ...changed });

  it.each(rpcs.filter((each) => each.version === version && methodOf(each).output.fields.length === 0))(
    'an observed $hook is an EmptySuccess of no bytes',
    (each) => {
      expect(methodOf(each).output.typeName).toBe(`emqx.exhook.${version}.EmptySuccess`);
      expect(encode(each, observed(), emptyOf(each))).toHaveLength(0);
    },
  );

  it.each([
    ['client.authenticate', allow(), true],
    ['client.authenticate', deny('r'), false],
    ['client.authorize', allow(), true],
    ['client.authorize', deny('r'), false],
  ] as const)('%s answers %j with a verdict that no other extension may change', (hook, reply, verdict) => {
    const each = rpcFor(hook, version);
    expect(read(each, reply, emptyOf(each))).toMatchObject({
      $typeName: `emqx.exhook.${version}.ValuedResponse`,
      type: STOP_AND_RETURN,
      value: { case: 'boolResult', value: verdict },
    });
  });

  it.each([
    ['client.authenticate', ignore()],
    ['client.authorize', ignore()],
    ['message.publish', pass()],
  ] as const)('%s leaves everything as it is with an IGNORE that holds no value', (hook, reply) => {
    const each = rpcFor(hook, version);
    const { type, value } = read(each, reply, emptyOf(each));
    expect({ type, value }).toStrictEqual({ type: IGNORE, value: { case: undefined } });
  });

  const rewrites: [what: string, change: Parameters<typeof rewrite>[0]][] = [
    ['nothing', {}],
    ['the topic', { topic: 'elsewhere' }],
    ['the QoS', { qos: 0 }],
    ['the payload', { payload }],
    ['everything', { topic: 'b', qos: 1, payload }],
    ['an empty payload', { payload: new Uint8Array() }],
    ['nothing, in so many words', { topic: undefined, qos: undefined, payload: undefined }],
  ];
  it.each(rewrites)('a rewrite of %s keeps all that it does not name', (_what, change) => {
    const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    expect(read(rpc, rewrite(change), request)).toMatchObject({
      type: STOP_AND_RETURN,
      value: { case: 'message', value: sent(named) },
    });
  });

  it('a drop forbids to publish and keeps all the rest', () => {
    expect(read(rpc, drop('r'), request)).toMatchObject({
      type: STOP_AND_RETURN,
      value: { case: 'message', value: sent({ headers: { username: 'bob', allow_publish: 'false' } }) },
    });
  });

  it('a drop forbids to publish a message that has no headers', () => {
    const bare = create(MessagePublishRequestSchema, { message: { topic: 't', qos: 1 } });
    expect(read(rpc, drop('r'), bare)).toMatchObject({
      value: { value: create(MessageSchema, { topic: 't', qos: 1, headers: { allow_publish: 'false' } }) },
    });
  });

  it.each([rewrite({ topic: 'b', payload }), drop('r')])(
    'a reply of $kind leaves the request as it was',
    (reply) => {
      const before = structuredClone(request);
      encode(rpc, reply, request);
      expect({ ...request }).toStrictEqual({ ...before });
    },
  );

  it('the list of hooks has the names of the version, and the topics', () => {
    const each = rpcFor('provider.loaded', version);
    const hooks: HookSpec[] = [
      { name: 'client.authorize', topics: [] },
      { name: 'session.takenover', topics: [] },
      { name: 'message.publish', topics: ['a/#', '+/b'] },
    ];
    const { hooks: named } = read(each, loaded(hooks), emptyOf(each));
    const isOld = version === 'v1';
    expect(named.map(({ name, topics }) => ({ name, topics }))).toStrictEqual([
      { name: isOld ? 'client.check_acl' : 'client.authorize', topics: [] },
      { name: isOld ? 'session.takeovered' : 'session.takenover', topics: [] },
      { name: 'message.publish', topics: ['a/#', '+/b'] },
    ]);
  });

  it('an empty list of hooks is a reply', () => {
    const each = rpcFor('provider.loaded', version);
    expect(read(each, loaded([]), emptyOf(each)).hooks).toStrictEqual([]);
  });

  const replies: [hook: Rpc['hook'], reply: Reply][] = [
    ['client.connected', observed()],
    ['client.authenticate', allow()],
    ['client.authenticate', deny('r')],
    ['client.authorize', ignore()],
    ['message.publish', pass()],
    ['message.publish', rewrite({ topic: 'b' })],
    ['message.publish', drop('r')],
    ['provider.loaded', loaded([{ name: 'client.authorize', topics: [] }])],
  ];
  it.each(replies)('%s says %j in bytes as it does in a message', (hook, reply) => {
    const each = rpcFor(hook, version);
    const asked = hook === 'message.publish' ? request : emptyOf(each);
    const lowered = toResponseMessage(each, reply, asked);
    expect(lowered.$typeName).toBe(methodOf(each).output.typeName);
    expect(encode(each, reply, asked)).toStrictEqual(toBinary(methodOf(each).output, lowered));
  });

  it('no reason ever leaves', () => {
    for (const reply of [deny('s3cret'), drop('s3cret')])
      expect(new TextDecoder().decode(encode(rpc, reply, request))).not.toContain('s3cret');
  });
});

it('verdicts are the same bytes for every version and every call', () => {
  const bytes = (['client.authenticate', 'client.authorize'] as const).flatMap((hook) =>
    versions.map((version) => {
      const rpc = rpcFor(hook, version);
      return Buffer.from(encode(rpc, allow(), emptyOf(rpc))).toString('hex');
    }),
  );
  expect(new Set(bytes)).toStrictEqual(new Set(['08021801']));
});

it('a denial says so: false is written out, not left to a default', () => {
  const rpc = rpcFor('client.authenticate');
  expect(Buffer.from(encode(rpc, deny('r'), emptyOf(rpc))).toString('hex')).toBe('08021800');
});
