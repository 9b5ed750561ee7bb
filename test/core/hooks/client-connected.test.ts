import { describe, expect, it } from 'vitest';
import { clientConnected } from '../../../src/core/hooks/client-connected.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('client.connected', () => {
  it('reports the client that was admitted', () => {
    const clientinfo = aClient();
    expect(clientConnected.decide({ clientinfo, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.client.connected', subject: 'sub-a', data: { clientinfo } }],
    });
  });
});
