import { describe, expect, it } from 'vitest';
import type { Decision } from '../../src/protocol/schema/decision.ts';
import { REST, VerdictTally } from '../../src/telemetry/verdict-tally.ts';

const HOOK = 'client.authorize';
const verdictOf = (verdict: Decision['verdict'], by: string, isShadow = false): Decision => ({
  verdict,
  by,
  reason: '',
  isShadow,
});

describe('verdicts', () => {
  it('are counted by hook, verdict, mode and who decided', () => {
    const tally = new VerdictTally();
    tally.count(HOOK, verdictOf('allow', 'own'));
    tally.count(HOOK, verdictOf('allow', 'own'));
    tally.count(HOOK, verdictOf('deny', 'own', true));
    tally.count('message.publish', verdictOf('drop', 'too large'));
    expect(tally.counts).toEqual([
      { hook: HOOK, by: 'own', verdict: 'allow', mode: 'enforce', calls: 2 },
      { hook: HOOK, by: 'own', verdict: 'deny', mode: 'shadow', calls: 1 },
      { hook: 'message.publish', by: 'too large', verdict: 'drop', mode: 'enforce', calls: 1 },
    ]);
    expect(tally.verdicts).toEqual({ [HOOK]: { allow: 2, deny: 1 }, 'message.publish': { drop: 1 } });
  });

  it('of rules that clients brought along are one, however many those are', () => {
    const tally = new VerdictTally();
    for (const by of ['acl.pub[0]', 'acl.sub[12]', 'acl.all[3]', 'acl[999]', 'acl: not listed'])
      tally.count(HOOK, verdictOf('allow', by));
    expect(tally.counts).toMatchObject([{ by: 'acl', calls: 5 }]);
  });

  it('tell only so many names apart, for each hook', () => {
    const tally = new VerdictTally();
    for (let i = 0; i < 1000; i++) tally.count(HOOK, verdictOf('allow', `rule ${i}`));
    tally.count(HOOK, verdictOf('allow', 'rule 0'));
    tally.count('client.authenticate', verdictOf('allow', 'users'));
    const names = tally.counts.filter(({ hook }) => hook === HOOK);
    expect(names).toHaveLength(201);
    expect(names[0]).toMatchObject({ by: 'rule 0', calls: 2 });
    expect(names.at(-1)).toMatchObject({ by: REST, calls: 800 });
    expect(tally.counts.at(-1)).toMatchObject({ by: 'users', calls: 1 });
  });
});
