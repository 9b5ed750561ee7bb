import { expect, it } from 'vitest';
import { Event } from '../../../src/protocol/schema/event.ts';

const event = { id: 'M1/message.publish', type: 'emqx.message.publish', subject: 't/a', data: { qos: 1 } };

it.each([
  ['complete', event],
  ['without an id', { type: event.type, subject: 't', data: {} }],
  ['without a subject', { type: event.type, data: {} }],
  ['with an empty subject', { type: event.type, subject: '', data: {} }],
])('takes an event %s as it is', (_what, value) => {
  expect(Event.parse(value)).toStrictEqual(value);
});

it('does not copy the data: bytes and big integers are unchanged', () => {
  const data = { payload: Uint8Array.of(1), timestamp: 1n };
  expect(Event.parse({ type: 'own.event', data }).data).toBe(data);
});

it.each([
  ['an empty id', { ...event, id: '' }, 'id'],
  ['an empty type', { ...event, type: '' }, 'type'],
  ['no type', { data: {} }, 'type'],
  ['no data', { type: 'x' }, 'data'],
  ['data that is null', { type: 'x', data: null }, 'data'],
  ['data that is a list', { type: 'x', data: [] }, 'data'],
  ['data that is text', { type: 'x', data: 'text' }, 'data'],
  ['a subject that is not text', { type: 'x', subject: 1, data: {} }, 'subject'],
])('refuses %s', (_what, value, field) => {
  expect(Event.safeParse(value).error?.issues.map(({ path }) => path)).toStrictEqual([[field]]);
});
