import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { decodeResponse } from '../../../src/protocol/wire/decode-response.ts';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { findRpc, type Rpc } from '../../../src/protocol/wire/rpc.ts';

const rpc = (name: string) => findRpc(`/emqx.exhook.v3.HookProvider/${name}`) as Rpc;
const encode = (to: Rpc, fields: object) => {
  const { output } = methodOf(to);
  return toBinary(output, create(output, fields as Record<string, unknown>));
};

describe('a response', () => {
  it('to OnProviderLoaded has hooks with their topics', () => {
    const to = rpc('OnProviderLoaded');
    const { hooks } = decodeResponse(
      to,
      encode(to, { hooks: [{ name: 'message.publish', topics: ['a/#'] }] }),
    );
    expect(hooks).toMatchObject([{ name: 'message.publish', topics: ['a/#'] }]);
  });

  it('with a verdict has its type and its value', () => {
    const to = rpc('OnClientAuthenticate');
    const bytes = encode(to, { type: 2, value: { case: 'boolResult', value: false } });
    expect(decodeResponse(to, bytes)).toMatchObject({ type: 2, value: { case: 'boolResult', value: false } });
  });

  it('without fields has no value', () => {
    const to = rpc('OnMessagePublish');
    expect(decodeResponse(to, new Uint8Array()).value?.case).toBeUndefined();
  });

  it('of other bytes throws', () => {
    expect(() => decodeResponse(rpc('OnMessagePublish'), new Uint8Array([0xff]))).toThrow();
  });
});
