/** What rules do not touch comes out as it was. */
import { describe, expect, it } from 'vitest';
import { decideMessage } from '../../../src/policy/messages/decide.ts';
import { openPublish, publishInput, type RuleSection } from '../../support/messages.ts';

async function payloadAfter(rules: RuleSection[], payload: Uint8Array): Promise<string> {
  const policy = await openPublish({ rules });
  const { reply } = decideMessage(policy, publishInput({ payload }));
  return reply.kind === 'rewrite' && reply.payload !== undefined
    ? Buffer.from(reply.payload).toString('latin1')
    : reply.kind;
}

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const text = (from: string) => new Uint8Array(Buffer.from(from, 'latin1'));
const hex = (from: string) => Buffer.from(from, 'latin1').toString('hex');

describe('rules that rewrite a payload keep what they do not touch', () => {
  const extension = bytes('82a161d60501020304a16201');

  it.each<[string, RuleSection[], string]>([
    ['with set', [{ decode: 'msgpack', set: { payload: { b: 2 } } }], '82a161d60501020304a16202'],
    ['with remove', [{ decode: 'msgpack', set: { remove: 'b' } }], '81a161d60501020304'],
    [
      'with encode named',
      [{ decode: 'msgpack', set: { payload: { b: 2 } }, encode: 'msgpack' }],
      '82a161d60501020304a16202',
    ],
    [
      'over several rules',
      [
        { decode: 'msgpack', set: { payload: { b: 2 } } },
        { set: { payload: { b: 3 } } },
        { decode: 'msgpack', set: { payload: { b: 4 } } },
      ],
      '82a161d60501020304a16204',
    ],
    [
      'when a template moves it',
      [{ decode: 'msgpack', set: { payload: { c: '${payload.a}' }, remove: ['a', 'b'] } }],
      '81a163d60501020304',
    ],
  ])('%s', async (_, rules, after) => {
    expect(hex(await payloadAfter(rules, extension))).toBe(after);
  });

  it('through a wrapping of bytes', async () => {
    const rules: RuleSection[] = [{ decode: ['base64', 'json'], set: { payload: { b: 2 } } }];
    const wrapped = text(Buffer.from('{"a":60.0}').toString('base64'));
    expect(Buffer.from(await payloadAfter(rules, wrapped), 'base64').toString()).toBe('{"a":60.0,"b":2}');
  });

  it('as lenient JSON that is written as JSON', async () => {
    const rules: RuleSection[] = [
      { decode: { json: { lenient: true } }, set: { payload: { b: 2 } }, encode: 'json' },
    ];
    expect(await payloadAfter(rules, text('{"a":60.0}\0'))).toBe('{"a":60.0,"b":2}');
  });

  it.each([9007199254740993n, -(2n ** 63n), 2n ** 64n - 1n])(
    'with the digits of %d in the configuration',
    async (id) => {
      const rules: RuleSection[] = [
        {
          decode: 'json',
          require: { schema: { properties: { n: { const: id } } } },
          set: { payload: { id, list: [id] } },
        },
      ];
      expect(await payloadAfter(rules, text(`{"n":${id}}`))).toBe(`{"n":${id},"id":${id},"list":[${id}]}`);
      expect(await payloadAfter(rules, text(`{"n":${id < 0 ? id + 1n : id - 1n}}`))).toBe('drop');
    },
  );

  it('unless another codec writes it', async () => {
    expect(await payloadAfter([{ decode: 'msgpack', encode: 'json' }], extension)).toBe(
      '{"a":"AQIDBA==","b":1}',
    );
  });
});
