import { expect, it } from 'vitest';
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
import { describeReply } from '../../../src/protocol/wire/describe-reply.ts';
import { encode } from '../../../src/protocol/wire/encode.ts';
import type { Rpc } from '../../../src/protocol/wire/rpc.ts';
import { requestOf, rpcFor } from '../../support/runtime.ts';

const hooks: HookSpec[] = [{ name: 'message.publish', topics: [] }];

const replies: [hook: Rpc['hook'], reply: Reply, words: string][] = [
  ['client.connected', observed(), 'ok'],
  ['client.authenticate', allow(), 'allow'],
  ['client.authenticate', deny('r'), 'deny'],
  ['client.authorize', ignore(), 'ignore'],
  ['message.publish', pass(), 'unchanged'],
  ['message.publish', drop('r'), 'drop'],
  ['message.publish', rewrite({ topic: 'b"' }), 'rewrite (topic "b\\"", QoS 1, 0 bytes)'],
  ['message.publish', rewrite({ payload: new Uint8Array(1) }), 'rewrite (topic "", QoS 1, 1 byte)'],
  ['provider.loaded', loaded(hooks), '1 hook'],
  ['provider.loaded', loaded([...hooks, { name: 'client.connect', topics: [] }]), '2 hooks'],
  ['provider.loaded', loaded([]), '0 hooks'],
];

it.each(replies)('says of the answer of %s, %j: %s', (hook, reply, words) => {
  for (const version of ['v1', 'v2', 'v3'] as const) {
    const rpc = rpcFor(hook, version);
    const request = decode(
      rpc,
      hook === 'message.publish' ? requestOf(rpc, { message: { qos: 1 } }) : new Uint8Array(),
    );
    expect(describeReply(rpc, encode(rpc, reply, request))).toBe(words);
  }
});

it('says of a verdict without a value that it has none', () => {
  expect(describeReply(rpcFor('client.authorize'), Uint8Array.of(8, 2))).toBe('no value');
});

it('does not describe something other than a response', () => {
  expect(() => describeReply(rpcFor('client.authorize'), Uint8Array.of(0x22, 0x7f))).toThrow();
});
