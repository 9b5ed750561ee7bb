import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeEventReader, type ServerEvent } from '../../../web/inspector/api/events.ts';

const stream = [
  ': hello',
  '',
  'id: e.1',
  'event: start',
  'data: {"a":1}',
  '',
  'retry: 5',
  'data:two',
  'data: lines',
  '',
  'id: e.2\r',
  'event: calls\r',
  'data: []\r',
  '\r',
  'event: without-data',
  '',
  'data: after',
  '',
  'data: cut off',
].join('\n');

const events: ServerEvent[] = [
  { id: 'e.1', type: 'start', data: '{"a":1}' },
  { id: 'e.1', type: 'message', data: 'two\nlines' },
  { id: 'e.2', type: 'calls', data: '[]' },
  { id: 'e.2', type: 'message', data: 'after' },
];

it('reads server-sent events the same, wherever the network cuts them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
      const found: ServerEvent[] = [];
      const read = makeEventReader((event) => found.push(event));
      const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
      for (let i = 1; i < places.length; i++) read(stream.slice(places[i - 1], places[i]));
      expect(found).toStrictEqual(events);
    }),
  );
});
