import { expect, it } from 'vitest';
import { decode } from '../../../src/protocol/wire/decode.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';
import { rpcFor } from '../../support/runtime.ts';

it.each(rpcs)('an empty request of $path has no bytes', (rpc) => {
  expect(encodeRequest(rpc, {})).toHaveLength(0);
});

it('a request is in the version of its call', () => {
  const fields = { clientinfo: { clientid: 'a' }, topicFilters: [{ name: 't', qos: 2 }] };
  const rpc = rpcFor('client.subscribe', 'v1');
  expect(decode(rpc, encodeRequest(rpc, fields))).toMatchObject({
    ...fields,
  });
});
