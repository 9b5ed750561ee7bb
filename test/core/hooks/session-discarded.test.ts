import { describe, expect, it } from 'vitest';
import { sessionDiscarded } from '../../../src/core/hooks/session-discarded.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.discarded', () => {
  it('reports whose session was discarded', () => {
    const clientinfo = aClient();
    expect(sessionDiscarded.decide({ clientinfo, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.discarded', subject: 'sub-a', data: { clientinfo } }],
    });
  });
});
