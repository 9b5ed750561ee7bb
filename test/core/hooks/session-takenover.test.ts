import { describe, expect, it } from 'vitest';
import { sessionTakenover } from '../../../src/core/hooks/session-takenover.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.takenover', () => {
  it('reports whose session moved to another connection', () => {
    const clientinfo = aClient();
    expect(sessionTakenover.decide({ clientinfo, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.takenover', subject: 'sub-a', data: { clientinfo } }],
    });
  });
});
