import { describe, expect, it } from 'vitest';
import { messageDelivered } from '../../../src/core/hooks/message-delivered.ts';
import { aClient, aContext, aMessage, aMeta } from '../../support/inputs.ts';

function idFor(clientid: string, id?: string): string | undefined {
  const message = id === undefined ? aMessage() : aMessage({ id });
  const input = { clientinfo: aClient({ clientid }), message, meta: aMeta() };
  return messageDelivered.decide(input, aContext()).events?.[0]?.id;
}

describe('message.delivered', () => {
  it('reports which subscriber got which message', () => {
    const clientinfo = aClient();
    const message = aMessage();
    expect(messageDelivered.decide({ clientinfo, message, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [
        {
          id: '000660E1F43C26AAF440000001F60002/message.delivered/sub-a',
          type: 'emqx.message.delivered',
          subject: 't/a',
          data: { clientinfo, message },
        },
      ],
    });
  });

  it('gives each subscriber of one message its own id, and the same id again if the call is repeated', () => {
    expect(idFor('sub-a')).toBe(idFor('sub-a'));
    expect(new Set(['sub-a', 'sub-b', ''].map((clientid) => idFor(clientid))).size).toBe(3);
  });

  it('gives no id to a message that has none', () => {
    expect(idFor('sub-a', '')).toBeUndefined();
  });
});
