import { describe, expect, it } from 'vitest';
import { sessionCreated } from '../../../src/core/hooks/session-created.ts';
import { aClient, aContext, aMeta } from '../../support/inputs.ts';

describe('session.created', () => {
  it('reports whose session is new', () => {
    const clientinfo = aClient();
    expect(sessionCreated.decide({ clientinfo, meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.session.created', subject: 'sub-a', data: { clientinfo } }],
    });
  });
});
