import { describe, expect, it } from 'vitest';
import { providerLoaded } from '../../../src/core/hooks/provider-loaded.ts';
import type { HookSpec } from '../../../src/protocol/schema/replies.ts';
import { aBroker, aContext, aMeta } from '../../support/inputs.ts';

describe('provider.loaded', () => {
  it('registers the hooks of the policy and reports the broker', () => {
    const broker = aBroker();
    const hooks: HookSpec[] = [
      { name: 'client.connected', topics: [] },
      { name: 'message.publish', topics: ['t/#'] },
    ];
    expect(providerLoaded.decide({ broker, meta: aMeta() }, aContext({ hooks }))).toStrictEqual({
      reply: { kind: 'loaded', hooks },
      events: [{ type: 'emqx.provider.loaded', subject: 'emqx@127.0.0.1', data: { broker } }],
    });
  });

  it('asks for message.ingress only those that have it, since others refuse the whole list', () => {
    const hooks: HookSpec[] = [
      { name: 'client.connected', topics: [] },
      { name: 'message.ingress', topics: [] },
    ];
    const askedOf = (version: string, ingress?: 'always' | 'never') => {
      const context = { ...aContext({ hooks }), policy: { hooks, ingress } };
      const { reply } = providerLoaded.decide({ broker: aBroker({ version }), meta: aMeta() }, context);
      return reply.hooks.map(({ name }) => name);
    };
    expect(askedOf('6.3.0')).toStrictEqual(['client.connected', 'message.ingress']);
    expect(askedOf('6.2.0')).toStrictEqual(['client.connected']);
    expect(askedOf('6.3.0-beta.2')).toStrictEqual(['client.connected']);
    expect(askedOf('6.3.0-beta.2', 'always')).toStrictEqual(['client.connected', 'message.ingress']);
    expect(askedOf('6.3.0', 'never')).toStrictEqual(['client.connected']);
  });

  it('registers nothing when nothing is configured', () => {
    const { reply } = providerLoaded.decide({ broker: aBroker(), meta: aMeta() }, aContext());
    expect(reply).toStrictEqual({ kind: 'loaded', hooks: [] });
  });

  it('reports an unnamed node for EMQX before 4.3.14', () => {
    const input = { broker: aBroker({ version: '4.3.0', uptime: -1n }), meta: aMeta({ node: '' }) };
    const { events } = providerLoaded.decide(input, aContext());
    expect(events).toMatchObject([{ subject: '', data: { broker: { version: '4.3.0', uptime: -1n } } }]);
  });
});
