/** Our writer compared with protobuf's own, which is independent of it. */
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodOf } from '../../../src/protocol/wire/descriptors.ts';
import { type Rpc, rpcs } from '../../../src/protocol/wire/rpc.ts';
import { Writer } from '../../../src/protocol/wire/writer.ts';
import { messageFields } from '../../support/arbitrary-message.ts';

describe('a response that is written', () => {
  const writer = new Writer();
  const responses = rpcs.filter(({ hook }) =>
    ['provider.loaded', 'message.publish', 'client.connect'].includes(hook),
  );
  it.each(responses)('to $path reads back as the same value with protobuf', (rpc) => {
    const { output } = methodOf(rpc);
    const fields = messageFields(output, { valid: false }).map((given) => withOneof(given));
    fc.assert(
      fc.property(fields, (given) => {
        const bytes = writer.write(rpc.write, given);
        const message = create(output, given as MessageInitShape<typeof output>);
        expect(fromBinary(output, bytes)).toStrictEqual(fromBinary(output, toBinary(output, message)));
      }),
    );
  });

  it('may be long', () => {
    const rpc = responses.find(({ hook, version }) => hook === 'message.publish' && version === 'v3') as Rpc;
    const { output } = methodOf(rpc);
    for (const size of [0, 63, 64, 65, 127, 128, 129, 16_383, 16_384, 100_000]) {
      const message = {
        topic: '\u00fc'.repeat(size),
        payload: new Uint8Array(size).fill(7),
        headers: { ['k'.repeat(size)]: 'v' },
      };
      const value = { case: 'message' as const, value: message };
      const read = fromBinary(output, writer.write(rpc.write, { type: 2, value })) as unknown as {
        value: unknown;
      };
      expect(read.value).toMatchObject(value);
    }
  });
});

/** The cases of a oneof are separate fields. */
function withOneof({ boolResult, message, ...rest }: Record<string, unknown>): object {
  if (message !== undefined) return { ...rest, value: { case: 'message', value: message } };
  return boolResult === undefined ? rest : { ...rest, value: { case: 'boolResult', value: boolResult } };
}
