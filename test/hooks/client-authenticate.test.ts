import { describe, expect, it } from 'vitest';
import { clientAuthenticate } from '../../src/hooks/client-authenticate.ts';
import { aContext, aCredential, aMeta } from '../support/inputs.ts';

describe('client.authenticate', () => {
  it.each([true, false])(
    "refuses every login without a policy and reports nothing, when the broker's own result is %s",
    (result) => {
      const input = { clientinfo: aCredential(), result, meta: aMeta() } as const;
      expect(clientAuthenticate.decide(input, aContext())).toStrictEqual({
        reply: { kind: 'deny', reason: 'no authentication is configured' },
      });
    },
  );

  it('asks nothing', () => {
    expect(clientAuthenticate.needs).toBeUndefined();
  });
});
