import { describe, expect, it } from 'vitest';
import { sessionResumed } from '../../../src/core/hooks/session-resumed.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.resumed', () => {
  it('reports whose session was resumed', () => {
    const clientinfo = aClient();
    expect(sessionResumed.decide({ clientinfo, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.resumed', subject: 'sub-a', data: { clientinfo } }],
    });
  });
});
