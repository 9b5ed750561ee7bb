/** Subscriptions and messages whose `$` prefix means something else to the broker than to the author of the rules. */
import { describe, expect, it } from 'vitest';
import { publish, subscribe } from '../program/support/policy.ts';
import { serverOf } from '../program/support/policy-server.ts';

const rules = [
  { name: 'secrets', deny: 'all', topics: ['secret/#'] },
  { name: 'own', allow: 'all', topics: ['d-${clientid}/#'] },
  { name: 'open', allow: 'subscribe', topics: ['open/#'] },
];
const client = { clientid: 'c1' };

describe('a client that chooses a prefix to get at a secret', () => {
  it('is denied by each release of EMQX in which the secret is behind the prefix', async () => {
    const { broker, server } = await serverOf({ authorize: { rules } });
    const attempts = [
      '$queue/d-c1/secret/#',
      '$queue/open/secret/x',
      '$queue/open/#',
      '$queue/open/+/x',
      '$queue/open',
      '$queue/$queue/open/secret/x',
      '$share/g/$queue/open/secret/x',
      '$exclusive/$queue/open/secret/x',
      '$delayed/1/$queue/open/secret/x',
      '$q/secret/x',
      '$q/#',
      '$s/open/secret/x',
      '$s/earliest/#',
      '$stream/open/secret/x',
      '$stream/open/#',
      '$stream/open',
      '$exclusive/secret/x',
      '$new/open/secret/x',
      '$open/x',
      `${'$exclusive/'.repeat(5_000)}open/x`,
    ];
    for (const release of ['6.1.1', '6.2.0', '7.0.0', '6.1.0-g1a2b3c4d', ''])
      for (const filter of attempts)
        expect([release, filter, await subscribe(broker, client, filter, release)]).toEqual([
          release,
          filter,
          false,
        ]);
    for (const release of ['4.4.3', '5.0.9', '5.8.3', '6.2.0', ''])
      for (const topic of ['$delayed/1/secret/x', '$delayed/1/$delayed/2/secret/x'])
        expect([release, topic, await publish(broker, client, topic, release)]).toEqual([
          release,
          topic,
          false,
        ]);
    await server.stop();
  });

  it('is denied where all else is open', async () => {
    const open = [{ deny: 'all', topics: ['secret/#'] }, { allow: 'all' }];
    const { broker, server } = await serverOf({ authorize: { rules: open } });
    for (const filter of ['$queue/n/secret/x', '$queue/n', '$new/n/secret/x', '$stream/n/#', '$q/+/x'])
      expect([filter, await subscribe(broker, client, filter, '6.2.0')]).toEqual([filter, false]);
    expect(await publish(broker, client, '$delayed/1/secret/x', '4.4.3')).toBe(false);
    expect(await subscribe(broker, client, '$queue/n/a', '6.2.0')).toBe(true);
    await server.stop();
  });

  it('is allowed only for the topic that was asked for', async () => {
    const named = { name: 'jobs', allow: 'subscribe', topics: ['$queue/jobs', '$new/#'] };
    const { broker, server } = await serverOf({ authorize: { rules: [...rules, named] } });
    for (const [release, filter] of [
      ['6.2.0', '$queue/any/d-c1/#'],
      ['6.2.0', '$queue/jobs'],
      ['6.2.0', '$stream/any/open/x'],
      ['6.2.0', '$q/open/x'],
      ['6.2.0', '$s/earliest/open/x'],
      ['6.2.0', '$new/a'],
      ['5.8.3', '$queue/open/x'],
      ['5.8.3', '$share/g/open/x'],
      ['', '$share/g/open/x'],
    ] as const)
      expect([filter, await subscribe(broker, client, filter, release)]).toEqual([filter, true]);
    expect(await publish(broker, client, '$delayed/1/d-c1/x', '4.4.3')).toBe(true);
    await server.stop();
  });
});
