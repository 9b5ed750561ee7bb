import { describe, expect, it } from 'vitest';
import { clientAuthorize } from '../../src/hooks/client-authorize.ts';
import { aClient, aContext, aMeta } from '../support/inputs.ts';

describe('client.authorize', () => {
  it.each([true, false])(
    "denies every action without a policy and reports nothing, when the broker's own result is %s",
    (result) => {
      const input = {
        clientinfo: aClient({ isSuperuser: result }),
        type: 1,
        topic: 't/#',
        result,
        meta: aMeta(),
      } as const;
      expect(clientAuthorize.decide(input, aContext())).toStrictEqual({
        reply: { kind: 'deny', reason: 'no authorization is configured' },
      });
    },
  );

  it('asks nothing', () => {
    expect(clientAuthorize.needs).toBeUndefined();
  });
});
