import { describe, expect, it } from 'vitest';
import { messageDifference } from '../../../src/cli/compare/message-difference.ts';

const bytes = (payload: string | Uint8Array) =>
  typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
const difference = (before: string | Uint8Array, after: string | Uint8Array) =>
  messageDifference(
    { topic: 't', qos: 0, payload: bytes(before) },
    { topic: 't', qos: 0, payload: bytes(after) },
  );

describe('the difference of two messages', () => {
  it('names topic and QoS', () => {
    const payload = bytes('');
    expect(messageDifference({ topic: 'a', qos: 0, payload }, { topic: 'b', qos: 2, payload })).toStrictEqual(
      ['topic: a -> b', 'QoS: 0 -> 2'],
    );
    expect(messageDifference({ topic: 'a', qos: 0, payload }, { topic: 'a', qos: 0, payload })).toStrictEqual(
      [],
    );
  });

  it('goes through JSON field by field', () => {
    expect(
      difference(
        '{"t":1,"same":[1],"list":[1,2],"gone":{"a":1},"odd key":1,"kind":[]}',
        '{"t":2,"same":[1],"list":[1,3,4],"odd key":2,"kind":{},"new":null}',
      ),
    ).toStrictEqual([
      'payload.t: 1 -> 2',
      'payload.list[1]: 2 -> 3',
      'payload.list[2]: absent -> 4',
      'payload.gone: {"a":1} -> absent',
      'payload["odd key"]: 1 -> 2',
      'payload.kind: [] -> {}',
      'payload.new: absent -> null',
    ]);
  });

  it('compares the spelling of a value, not only its meaning', () => {
    expect(difference('{"a":1}', '{ "a": 1.0 }')).toStrictEqual([
      'payload: "{\\"a\\":1}"',
      '      -> "{ \\"a\\": 1.0 }"',
    ]);
    expect(difference('{"id":9007199254740993}', '{"id":9007199254740992}')).toHaveLength(2);
  });

  it('shows texts as texts, and bytes in hexadecimal with their number', () => {
    expect(difference('', 'grün\n')).toStrictEqual(['payload: (empty)', '      -> "grün\\n"']);
    expect(difference(Uint8Array.of(0, 255), new Uint8Array(40))).toStrictEqual([
      'payload: 0x00ff (2 bytes)',
      `      -> 0x${'00'.repeat(32)}... (40 bytes)`,
    ]);
  });

  it('is bounded', () => {
    const fields = (value: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, value])));
    expect(difference(fields(1), fields(2)).slice(-2)).toStrictEqual([
      'payload.f19: 1 -> 2',
      'and 10 more fields',
    ]);
    expect(difference('x'.repeat(500), 'y')[0]).toMatch(/^payload: "x{199}\.\.\. \(502 characters\)$/);
  });

  it.each(['\u001b[31m', '\u202e', '\u0000'])('drives no terminal with %j', (evil) => {
    const lines = [
      ...difference(`{"${evil}":"${evil}"}`, '{}'),
      ...difference(JSON.stringify({ [evil]: evil }), '{}'),
      ...difference(evil, 'x'),
      ...messageDifference(
        { topic: evil, qos: 0, payload: bytes('') },
        { topic: 'b', qos: 0, payload: bytes('') },
      ),
    ];
    expect(lines.join('\n')).not.toContain(evil);
  });
});
