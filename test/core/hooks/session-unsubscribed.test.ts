import { describe, expect, it } from 'vitest';
import { sessionUnsubscribed } from '../../../src/core/hooks/session-unsubscribed.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.unsubscribed', () => {
  it('reports whose session lost which filter', () => {
    const [clientinfo, topic] = [aClient(), '$share/g1/sh/#'];
    expect(sessionUnsubscribed.decide({ clientinfo, topic, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.unsubscribed', subject: 'sub-a', data: { clientinfo, topic } }],
    });
  });
});
