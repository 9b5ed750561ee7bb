import { expect, it } from 'vitest';
import { allow, drop } from '../../../src/protocol/schema/replies.ts';
import { encode } from '../../../src/protocol/wire/encode.ts';
import { replyJson } from '../../../src/protocol/wire/reply-json.ts';
import { aMessage } from '../../support/inputs.ts';
import { rpcFor } from '../../support/runtime.ts';

it('A verdict is the value that the broker reads', () => {
  const rpc = rpcFor('client.authorize');
  expect(replyJson(rpc, encode(rpc, allow(), {}))).toEqual({ type: 'STOP_AND_RETURN', boolResult: true });
});

it('A dropped message is sent back whole, with the header that stops it', () => {
  const rpc = rpcFor('message.publish');
  const bytes = encode(rpc, drop('no'), { message: aMessage({ topic: 'a/b' }) });
  expect(replyJson(rpc, bytes)).toMatchObject({
    message: { topic: 'a/b', headers: { allow_publish: 'false' } },
  });
});

it('Bytes that are no reply are refused', () => {
  expect(() => replyJson(rpcFor('client.authorize'), Uint8Array.of(0x08))).toThrow();
});
