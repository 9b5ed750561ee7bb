import { describe, expect, it } from 'vitest';
import { clientSubscribe } from '../../../src/core/hooks/client-subscribe.ts';
import { aClient, aContext, aFilter, aMeta, aProperty } from '../../support/inputs.ts';

describe('client.subscribe', () => {
  it('reports every filter of the packet, with its options', () => {
    const clientinfo = aClient();
    const props = [aProperty('Subscription-Identifier', '42')];
    const topicFilters = [aFilter('$share/g1/sh/#', { qos: 1 }), aFilter('t/b', { qos: 2, nl: 1 })];
    const userProps = [aProperty('su', 'x')];
    const input = { clientinfo, props, topicFilters, meta: aMeta(), userProps };
    expect(clientSubscribe.decide(input, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [
        {
          type: 'emqx.client.subscribe',
          subject: 'sub-a',
          data: { clientinfo, props, topicFilters, userProps },
        },
      ],
    });
  });

  it('reports a packet of which the broker names no filter', () => {
    const input = { clientinfo: aClient(), props: [], topicFilters: [], meta: aMeta(), userProps: [] };
    const { events } = clientSubscribe.decide(input, aContext());
    expect(events).toMatchObject([{ subject: 'sub-a', data: { topicFilters: [] } }]);
  });
});
