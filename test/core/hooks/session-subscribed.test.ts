import { describe, expect, it } from 'vitest';
import { sessionSubscribed } from '../../../src/core/hooks/session-subscribed.ts';
import { aClient, aContext, aMeta, someOptions } from '../../support/inputs.ts';

describe('session.subscribed', () => {
  it.each(['t/a', '$share/g1/sh/#', '$queue/jobs'])('reports the filter %s with its options', (topic) => {
    const clientinfo = aClient();
    const subopts = someOptions({ qos: 2, rh: 1, rap: 1, nl: 1 });
    expect(sessionSubscribed.decide({ clientinfo, topic, subopts, meta: aMeta() }, aContext())).toStrictEqual(
      {
        reply: { kind: 'observed' },
        events: [{ type: 'emqx.session.subscribed', subject: 'sub-a', data: { clientinfo, topic, subopts } }],
      },
    );
  });
});
