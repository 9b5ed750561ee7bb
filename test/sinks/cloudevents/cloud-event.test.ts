import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StampedEvent } from '../../../src/protocol/schema/event.ts';
import { toCloudEvent } from '../../../src/sinks/cloudevents/cloud-event.ts';

function anEvent(overrides: Partial<StampedEvent> = {}): StampedEvent {
  return {
    id: 'id-1',
    source: 'emqx://emqxcl/emqx@127.0.0.1',
    type: 'emqx.client.connected',
    subject: 'sub-a',
    time: Date.UTC(2026, 10, 22, 18, 50, 41, 84),
    data: {},
    ...overrides,
  };
}

const dataOf = (data: unknown) =>
  JSON.parse(toCloudEvent(anEvent({ data: data as StampedEvent['data'] }))).data;
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('the attributes', () => {
  it('are those of CloudEvents 1.0', () => {
    expect(JSON.parse(toCloudEvent(anEvent()))).toEqual({
      specversion: '1.0',
      id: 'id-1',
      source: 'emqx://emqxcl/emqx@127.0.0.1',
      type: 'emqx.client.connected',
      subject: 'sub-a',
      time: '2026-11-22T18:50:41.084Z',
      datacontenttype: 'application/json',
      data: {},
    });
  });

  it.each(['', undefined])('have no subject when it is %o', (subject) => {
    expect(JSON.parse(toCloudEvent(anEvent({ subject })))).not.toHaveProperty('subject');
  });

  it.each([
    ['a line feed', 'a\nb', 'a%0Ab'],
    ['a terminal escape', '\u001b[2J', '%1B[2J'],
    ['a control of the second set', '\u009b2J', '%C2%9B2J'],
    ['a non-character', '\ufffe', '%EF%BF%BE'],
    ['half of a surrogate pair', 'a\ud800', 'a%EF%BF%BD'],
  ])('percent-encode %s, which CloudEvents forbids in them', (_, text, encoded) => {
    const { subject, id } = JSON.parse(toCloudEvent(anEvent({ subject: text, id: text })));
    expect([subject, id]).toEqual([encoded, encoded]);
  });

  it.each(['"', '\\', 'ü/日本/😀', '$share/g/t', "'; DROP TABLE clients; --", '../../etc/passwd'])(
    'keep %s as it is',
    (subject) => {
      expect(JSON.parse(toCloudEvent(anEvent({ subject }))).subject).toBe(subject);
    },
  );

  it('have a time even when the clock has none', () => {
    expect(JSON.parse(toCloudEvent(anEvent({ time: Number.NaN }))).time).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('bytes in the data', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['are text when they are UTF-8', utf8('hällo'), 'hällo', 'utf8'],
    ['are text when there are none', new Uint8Array(), '', 'utf8'],
    ['keep a byte order mark', utf8('\ufeffx'), '\ufeffx', 'utf8'],
    ['keep NUL and controls', Uint8Array.of(0, 27, 127), '\u0000\u001b\u007f', 'utf8'],
    ['are base64 when they are not UTF-8', Uint8Array.of(0, 1, 2, 255, 254), 'AAEC//4=', 'base64'],
    ['are base64 when a character is cut off', utf8('€').subarray(0, 2), '4oI=', 'base64'],
    ['are only those of the view', Uint8Array.of(255, 97, 255).subarray(1, 2), 'a', 'utf8'],
    ['may be a Buffer', Buffer.from('b'), 'b', 'utf8'],
  ])('%s', (_, payload, text, encoding) => {
    expect(dataOf({ message: { payload, qos: 1 } })).toEqual({
      message: { payload: text, payloadEncoding: encoding, qos: 1 },
    });
  });

  it('have their encoding beside them, whatever a hook wrote there', () => {
    expect(dataOf({ x: Uint8Array.of(255), xEncoding: 'gzip', yEncoding: 'gzip' })).toEqual({
      x: '/w==',
      xEncoding: 'base64',
      yEncoding: 'gzip',
    });
  });

  it('carry their encoding with them in a list, which has no names', () => {
    expect(dataOf({ list: [utf8('a')] })).toEqual({ list: [{ value: 'a', encoding: 'utf8' }] });
  });
});

describe('other values', () => {
  it.each<[string, unknown, unknown]>([
    ['a safe big integer becomes a number', 1_795_373_441_754n, 1_795_373_441_754],
    ['a negative one too', -1n, -1],
    ['one that a number cannot hold becomes text', 2n ** 64n - 1n, '18446744073709551615'],
    ['not-a-number becomes null', Number.NaN, null],
    ['infinity becomes null', Number.POSITIVE_INFINITY, null],
    ['a date becomes text', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['null stays', null, null],
    ['booleans stay', true, true],
    ['fractions stay', -1.5e-9, -1.5e-9],
  ])('%s', (_, value, expected) => {
    expect(dataOf({ value })).toEqual({ value: expected });
  });

  it('leaves out what JSON has no word for', () => {
    expect(dataOf({ a: undefined, b: () => 1, c: Symbol('c'), d: [undefined] })).toEqual({ d: [null] });
  });

  it('keeps a field named __proto__', () => {
    const headers = JSON.parse('{"__proto__":"x"}');
    expect(toCloudEvent(anEvent({ data: { headers } }))).toContain('{"__proto__":"x"}');
  });
});

describe('data that cannot be written', () => {
  it('ends where it contains itself', () => {
    const data: Record<string, unknown> = { a: 1 };
    data.self = data;
    expect(toCloudEvent(anEvent({ data }))).toContain('[omitted]');
  });

  it('ends when it branches without end', () => {
    const list: unknown[] = [];
    list.push(list, list, list, list, list, list);
    expect(JSON.parse(toCloudEvent(anEvent({ data: { list } }))).id).toBe('id-1');
  });

  it('is replaced when reading it throws', () => {
    const data = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(dataOf(data)).toEqual({ error: expect.stringContaining('cannot be written') });
  });
});

describe('the line', () => {
  it('is one line of ASCII-safe controls whatever strangers send', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, payload) => {
        const line = toCloudEvent(anEvent({ subject: text, data: { text, payload } }));
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        const { data } = JSON.parse(line);
        expect(data.text).toBe(text);
        expect(Buffer.from(data.payload, data.payloadEncoding)).toEqual(Buffer.from(payload));
      }),
    );
  });

  it('says of any JSON what JSON.stringify says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (data) => {
        expect(dataOf(data)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });
});
