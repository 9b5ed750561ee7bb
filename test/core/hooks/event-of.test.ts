import { describe, expect, it } from 'vitest';
import { eventOf, messageEventOf } from '../../../src/core/hooks/event-of.ts';
import { aMessage } from '../../support/inputs.ts';

describe('eventOf', () => {
  it('names the event after the hook', () => {
    expect(eventOf('client.connack', 'sub-a', { resultCode: 'success' })).toStrictEqual({
      type: 'emqx.client.connack',
      subject: 'sub-a',
      data: { resultCode: 'success' },
    });
  });
});

describe('messageEventOf', () => {
  it.each([
    ['the message and the hook', 'M1', undefined, 'M1/message.publish'],
    ['the client too where one message makes several calls', 'M1', 'sub-a', 'M1/message.publish/sub-a'],
    ['an unnamed client too', 'M1', '', 'M1/message.publish/'],
    ['nothing when the message has no id', '', 'sub-a', undefined],
  ])('makes the id of %s', (_what, id, clientid, expected) => {
    const event = messageEventOf('message.publish', aMessage({ id, topic: 'a/b' }), {}, clientid);
    expect(event).toMatchObject({ type: 'emqx.message.publish', subject: 'a/b' });
    expect(event.id).toBe(expected);
  });
});
