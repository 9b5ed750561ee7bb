import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { explain } from '../../../src/policy/topics/explain.ts';
import type { Rule } from '../../../src/policy/topics/rule.ts';
import { someone } from '../someone.ts';

const rules: Rule[] = parse(`
  - name: quarantine
    deny: all
    who: { tag: quarantined }
  - allow: publish
    topics: ["fleet/\${username}/state"]
  - allow: subscribe
    who: { username: [alice, carol], address: 10.0.0.0/8 }
    topics: ["fleet/+/state", { eq: "fleet/#" }]
  - allow: subscribe
    who: { not: { username: alice } }
  - name: secrets
    deny: all
    topics: ["plant/secret/#"]
`);

/** What each rule that was passed over missed. */
function missesOf(action: 'publish' | 'subscribe', topic: string, changes = {}) {
  const { passedOver } = explain(rules, someone(changes), action, topic);
  return Object.fromEntries(
    passedOver.map(({ label, misses }) => [label, misses.map(({ message }) => message)]),
  );
}

describe('an explanation', () => {
  test('names the rule that decided', () => {
    expect(explain(rules, someone(), 'publish', 'fleet/alice/state')).toMatchObject({
      verdict: 'allow',
      decided: { index: 1, label: 'rule 2', rule: rules[1], misses: [] },
      passedOver: [{ label: 'quarantine' }],
    });
    expect(explain(rules, someone({ tags: { quarantined: 'true' } }), 'publish', 'a').decided?.label).toBe(
      'quarantine',
    );
  });

  test('explains for every earlier rule why it did not match', () => {
    expect(missesOf('subscribe', 'fleet/#', { peerhost: '192.0.2.1' })).toEqual({
      quarantine: ['wants tag "quarantined", the client has site, trusted'],
      'rule 2': ['is about publish', '"fleet/alice/state" does not cover "fleet/#", only part of it'],
      'rule 3': ['wants address "10.0.0.0/8", the client has "192.0.2.1"'],
      'rule 4': ['not {"username":"alice"} does not hold'],
      secrets: ['"plant/secret/#" does not overlap "fleet/#"'],
    });
  });

  test('says of every filter why it was not hit', () => {
    expect(missesOf('subscribe', 'fleet/+/x', { username: 'bob+' })['rule 3']).toEqual([
      'wants username ["alice","carol"], the client has "bob+"',
      '"fleet/+/state" does not cover "fleet/+/x"; "fleet/+/x" does not equal "fleet/#"',
    ]);
    expect(missesOf('publish', 'a', { username: 'bob+' })['rule 2']).toEqual([
      '"fleet/${username}/state" is not used: username contains "+"',
    ]);
    expect(missesOf('publish', 'plant/x').secrets).toEqual(['"plant/secret/#" does not match "plant/x"']);
    expect(missesOf('publish', 'plant/x', { tags: undefined }).quarantine).toEqual([
      'wants tag "quarantined", the client has none',
    ]);
  });

  test('picks out the rules that came close', () => {
    const { verdict, close } = explain(rules, someone(), 'publish', 'fleet/bob/state');
    expect(verdict).toBeUndefined();
    expect(close.map(({ label, misses }) => [label, misses[0]?.condition])).toEqual([
      ['quarantine', 'who'],
      ['rule 2', 'topics'],
      ['secrets', 'topics'],
    ]);
  });

  test('judges a shared subscription by its filter', () => {
    expect(explain(rules, someone(), 'subscribe', '$share/g/fleet/#').decided?.label).toBe('rule 3');
  });
});
