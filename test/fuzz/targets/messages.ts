/** Message rules: every message gets a decision, and always one that a broker can route. */
import fc from 'fast-check';
import { Config } from '../../../src/config/schema.ts';
import { openConditionsFor } from '../../../src/lookup/messages/open-conditions.ts';
import { openMessages } from '../../../src/lookup/messages/open-messages.ts';
import { decideMessage } from '../../../src/policy/messages/decide.ts';
import { schemas } from '../../../src/protocol/schema/compiled.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { mutatedBytes, mutatedText } from '../mutate.ts';
import { defineTarget, ensure, fromBase64, toBase64 } from '../target.ts';

const rules = [
  { name: 'read', topics: ['in/#', '+/in'], decode: 'json' },
  { name: 'large', require: { payload: { maxBytes: 100 } }, topics: 'in/small/#' },
  { name: 'hot', topics: 'in/#', when: 'payload.t > 90 || size > 200', drop: 'too hot' },
  { name: 'cbor', topics: 'cbor/#', decode: ['gzip', 'cbor'], encode: 'json' },
  {
    name: 'move',
    topics: 'in/+',
    set: { topic: 'out/${clientid}/${topic[1]}', payload: { by: '${username}', n: '${payload.t}' } },
  },
  { name: 'pack', topics: 'raw/#', encode: ['gzip', 'base64'], set: { qos: 1 } },
  { name: 'where', topics: 'to/#', decode: 'json', set: { topic: '${payload.topic}' } },
];

export const messages = async () => {
  const config = Config.parse({ publish: { rules } });
  const problems: string[] = [];
  const policy = await openMessages(config.publish, await openConditionsFor(config), problems);
  ensure(policy !== undefined && problems.length === 0, `rules that can be opened: ${problems.join('; ')}`);
  const payloads = ['{"t":21.5,"topic":"a/b"}', '{"t":1e999}', '[1,[2,[3]]]', '{"topic":"#"}'].map((text) =>
    new TextEncoder().encode(text),
  );
  const packed = Uint8Array.from(Buffer.from('H4sIAAAAAAAAA2t1CwAKlMcuAwAAAA==', 'base64'));
  const names = ['', 'dev-1', 'a/b', '$x', '+', '#'];
  return defineTarget({
    name: 'messages',
    input: fc.record({
      topic: mutatedText(['in/1', 'in/small/x', 'cbor/1', 'raw/1', 'to/1', 'x/in', '$SYS/x']),
      payload: mutatedBytes([...payloads, packed, new Uint8Array()]).map(toBase64),
      qos: fc.integer({ min: 0, max: 2 }),
      from: mutatedText(names),
      username: mutatedText(names),
    }),
    check({ payload, username, ...fields }: Input) {
      const headers = username === '' ? {} : { username };
      const message = { node: 'n', id: '', timestamp: 0n, headers, payload: fromBase64(payload), ...fields };
      const parsed = schemas['message.publish'].input.safeParse({ message });
      if (!parsed.success) return;
      const outcome = decideMessage(policy, parsed.data as HookInput<'message.publish'>);
      const checked = schemas['message.publish'].outcome.safeParse(outcome);
      ensure(checked.success, 'an outcome that a broker can be told');
    },
  });
};

interface Input {
  readonly [field: string]: string | number;
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly from: string;
  readonly username: string;
}
