import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideMessage } from '../../../src/policy/messages/decide.ts';
import { schemas } from '../../../src/protocol/schema/compiled.ts';
import { openPublish, publishInput } from '../../support/messages.ts';

const codecs = ['json', 'cbor', 'msgpack', 'base64', 'hex', 'gzip', 'deflate'] as const;
const policy = await openPublish({
  rules: [
    ...codecs.map((decode) => ({ topics: `read/${decode}`, decode })),
    { topics: 'read/#', when: 'payload.a > 1 || payload == b""', set: { topic: 'x/${clientid}' } },
    {
      topics: 'json',
      decode: 'json',
      set: { payload: { 'a.b': '${payload.c}' }, remove: 'd' },
      encode: 'cbor',
    },
    {
      topics: 'json',
      when: 'size(payload) > 1',
      set: { topic: '${payload.a.b}/${username}', qos: '${payload.q}' },
    },
  ],
});

const topic = fc.constantFrom('json', ...codecs.map((codec) => `read/${codec}`));
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.json({ maxDepth: 3 }).map((text) => new TextEncoder().encode(text)),
  fc
    .dictionary(fc.constantFrom('a', 'c', 'd', 'q'), fc.jsonValue({ maxDepth: 1 }))
    .map((value) => new TextEncoder().encode(JSON.stringify(value))),
);
const from = fc.oneof(fc.string(), fc.constantFrom('c1', '$SYS', 'a/b', '#', ''));

describe('rules on whatever comes', () => {
  it('never throw, give a reply that may go out, and the same again for the same message', () => {
    fc.assert(
      fc.property(topic, payload, from, (to, bytes, who) => {
        const input = publishInput({ topic: to, payload: bytes, from: who });
        const outcome = decideMessage(policy, input);
        expect(schemas['message.publish'].outcome.safeParse(outcome).success).toBe(true);
        expect(decideMessage(policy, input)).toStrictEqual(outcome);
      }),
      { numRuns: 2000 },
    );
  });
});
