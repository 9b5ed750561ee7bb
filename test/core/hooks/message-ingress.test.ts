import { describe, expect, it } from 'vitest';
import { messageIngress } from '../../../src/core/hooks/message-ingress.ts';
import { aClient, aContext, aMessage, aMeta, aProperty } from '../../support/inputs.ts';

describe('message.ingress', () => {
  it('passes a message unchanged and reports it with its client', () => {
    const clientinfo = aClient();
    const message = aMessage();
    const props = [aProperty()];
    const userProps = [aProperty('w', '1')];
    const input = { clientinfo, message, props, userProps, meta: aMeta() };
    expect(messageIngress.decide(input, aContext())).toStrictEqual({
      reply: { kind: 'pass' },
      events: [
        {
          id: '000660E1F43C26AAF440000001F60002/message.ingress',
          type: 'emqx.message.ingress',
          subject: 't/a',
          data: { clientinfo, message, props, userProps },
        },
      ],
    });
  });
});
