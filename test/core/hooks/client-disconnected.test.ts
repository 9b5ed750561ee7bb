import { describe, expect, it } from 'vitest';
import { clientDisconnected } from '../../../src/core/hooks/client-disconnected.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('client.disconnected', () => {
  it('reports who has gone, and why', () => {
    const [clientinfo, reason] = [aClient(), 'keepalive_timeout'];
    expect(clientDisconnected.decide({ clientinfo, reason, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.client.disconnected', subject: 'sub-a', data: { clientinfo, reason } }],
    });
  });

  it('reports an end without a reason', () => {
    const { events } = clientDisconnected.decide(
      { clientinfo: aClient(), reason: '', meta: aMeta() },
      aContext(),
    );
    expect(events).toMatchObject([{ data: { reason: '' } }]);
  });
});
