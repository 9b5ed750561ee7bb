import { describe, expect, it } from 'vitest';
import { providerUnloaded } from '../../../src/core/hooks/provider-unloaded.ts';
import { aContext, aMeta } from '../../support/inputs.ts';

describe('provider.unloaded', () => {
  it('reports which broker node has gone', () => {
    expect(providerUnloaded.decide({ meta: aMeta() }, aContext())).toStrictEqual({
      reply: { kind: 'observed' },
      events: [{ type: 'emqx.provider.unloaded', subject: 'emqx@127.0.0.1', data: {} }],
    });
  });
});
