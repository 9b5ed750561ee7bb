import { describe, expect, it } from 'vitest';
import { messageDropped } from '../../../src/core/hooks/message-dropped.ts';
import { aContext, aMessage, aMeta } from '../../support/inputs.ts';

describe('message.dropped', () => {
  it('reports a message that reached no one, and why', () => {
    const message = aMessage();
    const reason = 'no_subscribers';
    expect(messageDropped.decide({ message, reason, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [
        {
          id: '000660E1F43C26AAF440000001F60002/message.dropped',
          type: 'emqx.message.dropped',
          subject: 't/a',
          data: { message, reason },
        },
      ],
    });
  });

  it('gives no id to a message that has none', () => {
    const input = { message: aMessage({ id: '' }), reason: 'queue_full', meta: aMeta() };
    expect(messageDropped.decide(input, aContext()).events?.[0]).not.toHaveProperty('id');
  });
});
