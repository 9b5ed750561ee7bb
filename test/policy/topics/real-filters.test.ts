import { describe, expect, it } from 'vitest';
import { clientSubscribe } from '../../../src/core/hooks/client-subscribe.ts';
import { clientUnsubscribe } from '../../../src/core/hooks/client-unsubscribe.ts';
import { sessionSubscribed } from '../../../src/core/hooks/session-subscribed.ts';
import { sessionUnsubscribed } from '../../../src/core/hooks/session-unsubscribed.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

const subopts = { qos: 1, rh: 0, rap: 0, nl: 0 };
const session = (topic: string, version: string) => ({
  clientinfo: aClient(),
  topic,
  subopts,
  meta: aMeta({ version }),
});

describe('the event of a subscription', () => {
  it.each([
    ['5.3.2', '$queue/jobs/a/#', undefined], // a shared subscription to jobs/a/#
    ['6.2.0', '$queue/jobs/a/#', ['a/#']],
    ['', '$queue/jobs/a/#', ['jobs/a/#', 'a/#']],
    ['6.2.0', '$s/earliest/a', ['a']],
    ['6.2.0', '$queue/jobs', undefined], // the queue knows
    ['6.2.0', '$new/a', undefined],
    ['6.2.0', '$share/g/a', undefined], // shows it
    ['6.2.0', 'a', undefined],
  ])('of EMQX %o says that %s receives %o', (version, topic, filters) => {
    const input = session(topic, version);
    for (const hook of [sessionSubscribed, sessionUnsubscribed]) {
      const data = hook.decide(input, aContext()).events?.[0]?.data;
      expect(data).toMatchObject({ topic });
      expect(data?.filters).toEqual(filters);
    }
    const packet = { ...input, props: [], userProps: [], topicFilters: [{ name: topic, subopts }] };
    for (const hook of [clientSubscribe, clientUnsubscribe]) {
      const data = hook.decide(packet, aContext()).events?.[0]?.data;
      expect(data?.topicFilters).toEqual([{ name: topic, subopts, ...(filters && { filters }) }]);
    }
  });
});
