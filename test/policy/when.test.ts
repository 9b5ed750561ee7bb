import { describe, expect, it } from 'vitest';
import { openConditions } from '../../src/payload/conditions/open.ts';
import type { Known } from '../../src/policy/policy.ts';
import { allowsEverything } from '../../src/policy/topics/allows-everything.ts';
import { compileRules } from '../../src/policy/topics/authorize.ts';
import { decideAction } from '../../src/policy/topics/authorize-action.ts';
import { explain } from '../../src/policy/topics/explain.ts';
import type { Rule } from '../../src/policy/topics/rule.ts';
import { RuleSchema } from '../../src/policy/topics/rule-schema.ts';
import { someone } from './someone.ts';

const conditions = await openConditions();
const verdictOf = (rules: readonly Rule[], topic = 'a/b', action: 'publish' | 'subscribe' = 'publish') =>
  compileRules(rules, conditions)(someone(), action, topic);

describe('a rule with when', () => {
  it.each([
    ['username == "alice"', 'allow'],
    ['username == "bob"', undefined],
    ['tags.site == "berlin" && has(tags.trusted)', 'allow'],
    ['topic == "a/b" && action == "publish"', 'allow'],
    ['peerhost.startsWith("10.") && cn == "cn-17"', 'allow'],
    ['dn == "" && protocol == "" && mountpoint == "" && node == ""', 'allow'],
  ])('%s: %s', (when, verdict) => {
    expect(verdictOf([{ allow: 'publish', topics: 'a/#', when }])).toMatchObject({ verdict });
  });

  it.each([
    ['asks about the topic', 'topic.startsWith("secret/")', 'deny'],
    ['asks about something else, and does not hold', 'username == "bob"', 'allow'],
    ['asks about something else, and holds', 'username == "alice"', 'deny'],
  ])(
    'of a denial that %s is met by a filter that may stand for any topic accordingly',
    (_, when, verdict) => {
      const denials: Rule[] = [
        { deny: 'subscribe', when },
        { deny: 'subscribe', topics: 'x/#', when },
      ];
      for (const denial of denials) {
        const rules: Rule[] = [denial, { allow: 'subscribe' }];
        const judge = compileRules(rules, conditions);
        expect(judge(someone(), 'subscribe', '$queue/secret/x', '5.0.3').verdict).toBe(verdict);
        expect(judge(someone(), 'subscribe', '$new/x', '6.2.0').verdict).toBe(verdict);
        const told = explain(rules, someone(), 'subscribe', '$new/x', conditions, '6.2.0');
        expect(told.verdict).toBe(verdict);
        // Where a rule names it literally, it means itself.
        const named: Rule[] = [denial, { allow: 'subscribe', topics: '$new/#' }];
        const isHit = verdict === 'deny' && denial.topics === undefined && !when.startsWith('topic');
        expect(compileRules(named, conditions)(someone(), 'subscribe', '$new/x', '6.2.0').verdict).toBe(
          isHit ? 'deny' : 'allow',
        );
      }
    },
  );

  it('is asked only when who and topics are met', () => {
    const failing = 'topic[7] == "x"';
    expect(verdictOf([{ allow: 'publish', topics: 'other', when: failing }])).toStrictEqual({
      verdict: undefined,
      notes: [],
    });
    expect(verdictOf([{ allow: 'publish', who: { username: 'bob' }, when: failing }])).not.toHaveProperty(
      'conditions',
    );
  });

  it('leaves the verdict to the next rule when it does not hold, in the order of the rules', () => {
    const rules: Rule[] = [
      { name: 'never', deny: 'all', when: 'false' },
      { name: 'first', allow: 'publish', topics: '+/b', when: 'true' },
      { name: 'second', deny: 'all' },
    ];
    expect(verdictOf(rules)).toMatchObject({ verdict: 'allow', index: 1 });
    expect(verdictOf(rules.toSpliced(1, 1))).toMatchObject({ verdict: 'deny', index: 1 });
  });

  it('has the filter without its group for a shared subscription', () => {
    const rules: Rule[] = [{ allow: 'subscribe', topics: 'a/#', when: 'topic == "a/+"' }];
    expect(verdictOf(rules, '$share/g/a/+', 'subscribe')).toMatchObject({ verdict: 'allow' });
  });

  it('does not match when it fails, and says so once', () => {
    const rules: Rule[] = [
      { name: 'odd', allow: 'publish', topics: ['a/#', '+/b'], when: 'tags.nothing == "x"' },
    ];
    expect(verdictOf(rules)).toStrictEqual({
      verdict: undefined,
      notes: [],
      conditions: [{ rule: 'odd', reason: 'a field that it names is not there' }],
    });
  });

  it.each([
    ['size(dn) / 0 == 1', 'deny'],
    ['clientid > 3', 'deny'],
    ['tags.nothing == "x"', 'allow'],
    ['topic.split("/")[7] == "x"', 'allow'],
  ])('of a denial that fails denies, unless it names a missing field: %s: %s', (when, verdict) => {
    const rules: Rule[] = [{ name: 'odd', deny: 'all', when }, { allow: 'all' }];
    expect(verdictOf(rules)).toMatchObject({ verdict, conditions: [{ rule: 'odd' }] });
    expect(explain(rules, someone(), 'publish', 'a/b', conditions).verdict).toBe(verdict);
    expect(verdictOf([{ name: 'odd', allow: 'all', when }])).toMatchObject({ verdict: undefined });
  });

  it('has the reason of its failure in the decision', () => {
    const rules: Rule[] = [{ allow: 'all', when: 'size(dn) / 0 == 1' }];
    const client = { ...someone(), dn: 'x', node: 'n' } as Known;
    const policy = {
      judge: compileRules(rules, conditions),
      grantsOrder: 'last' as const,
      otherwise: 'deny' as const,
      mode: 'enforce' as const,
    };
    expect(decideAction(policy, client, 'publish', 'a')).toMatchObject({
      verdict: 'deny',
      by: 'otherwise',
      conditions: [{ rule: 'rule 1', reason: 'divides by zero' }],
    });
  });

  it('sees dn and node of a client that was granted something, too', () => {
    const client = { ...someone(), dn: 'CN=x', node: 'n1' } as Known;
    const policy = {
      judge: compileRules(
        [{ allow: 'all', when: 'dn == "CN=x" && node == "n1" && tags.t == "1"' }],
        conditions,
      ),
      grantsOrder: 'last' as const,
      otherwise: 'deny' as const,
      mode: 'enforce' as const,
      grantsOf: () => ({ tags: { t: '1' }, isExpired: false }),
    };
    expect(decideAction(policy, client, 'publish', 'a')).toMatchObject({ verdict: 'allow' });
  });

  it('is explained', () => {
    const rules: Rule[] = [
      { name: 'no', allow: 'publish', topics: 'a/b', when: 'username == "bob"' },
      { name: 'fails', allow: 'publish', topics: 'a/b', when: 'tags.x == "1"' },
    ];
    const { close } = explain(rules, someone(), 'publish', 'a/b', conditions);
    expect(close.map(({ misses }) => misses[0])).toStrictEqual([
      { condition: 'when', message: 'when does not hold: username == "bob"' },
      { condition: 'when', message: 'when failed: a field that it names is not there' },
    ]);
  });

  it('cannot be compiled without the language, or when it is wrong', () => {
    expect(() => compileRules([{ allow: 'all', when: 'true' }])).toThrow(/^when: the language/);
    expect(() => compileRules([{ allow: 'all', when: 'x' }], conditions)).toThrow(
      /^when: column 1: there is no variable "x"/,
    );
    expect(RuleSchema.safeParse({ allow: 'all', when: '' }).success).toBe(false);
    expect(RuleSchema.safeParse({ allow: 'all', when: 'x'.repeat(5000) }).success).toBe(false);
  });

  it('is not a rule that allows everything to everyone', () => {
    expect(allowsEverything([{ allow: 'all', when: 'true' }], 'deny')).toBe(false);
    expect(allowsEverything([{ allow: 'all', when: 'true' }, { allow: 'all' }], 'deny')).toBe(true);
  });
});
