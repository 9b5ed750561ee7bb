import { describe, expect, it } from 'vitest';
import { clientUnsubscribe } from '../../../src/core/hooks/client-unsubscribe.ts';
import { aClient, aContext, aFilter, aMeta, aProperty } from '../../support/inputs.ts';

describe('client.unsubscribe', () => {
  it('reports every filter of the packet', () => {
    const clientinfo = aClient();
    const props = [aProperty('Subscription-Identifier', '42')];
    const topicFilters = [aFilter('$share/g1/sh/#', { qos: 1 }), aFilter('t/b', { qos: 2, nl: 1 })];
    const userProps = [aProperty('su', 'x')];
    const input = { clientinfo, props, topicFilters, meta: aMeta(), userProps };
    expect(clientUnsubscribe.decide(input, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [
        {
          type: 'emqx.client.unsubscribe',
          subject: 'sub-a',
          data: { clientinfo, props, topicFilters, userProps },
        },
      ],
    });
  });

  it('reports a packet without filters, as EMQX 5.3 sends it', () => {
    const input = { clientinfo: aClient(), props: [], topicFilters: [], meta: aMeta(), userProps: [] };
    const { events } = clientUnsubscribe.decide(input, aContext());
    expect(events).toMatchObject([{ subject: 'sub-a', data: { topicFilters: [] } }]);
  });
});
