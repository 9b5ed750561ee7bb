import { describe, expect, it } from 'vitest';
import { sessionTerminated } from '../../../src/core/hooks/session-terminated.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.terminated', () => {
  it('reports whose session has ended, and why', () => {
    const [clientinfo, reason] = [aClient(), '{shutdown,disconnect_with_will_message}'];
    expect(sessionTerminated.decide({ clientinfo, reason, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.terminated', subject: 'sub-a', data: { clientinfo, reason } }],
    });
  });

  it('reports an end without a reason', () => {
    const { events } = sessionTerminated.decide(
      { clientinfo: aClient(), reason: '', meta: aMeta() },
      aContext(),
    );
    expect(events).toMatchObject([{ data: { reason: '' } }]);
  });
});
