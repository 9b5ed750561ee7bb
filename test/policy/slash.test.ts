import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../src/policy/topics/authorize.ts';
import { parseTemplate, substitute, type Template } from '../../src/policy/topics/placeholders.ts';
import { listOf, type Rule, verdictOf } from '../../src/policy/topics/rule.ts';
import { RuleSchema } from '../../src/policy/topics/rule-schema.ts';
import { covers, matches, overlaps } from '../../src/policy/topics/topic-filter.ts';
import { someone } from './someone.ts';

const slash = { placeholders: { slash: true } };
const judge = (rules: readonly Rule[], clientid: string, action: 'publish' | 'subscribe', topic: string) =>
  compileRules(rules)(someone({ clientid }), action, topic).verdict;

describe('a rule that allows "/" in the values of placeholders', () => {
  const rules: readonly Rule[] = [
    { deny: 'all', topics: 'x/${clientid}/secret', ...slash },
    { allow: 'all', topics: ['x/${clientid}/#', 'dev-${clientid}'], ...slash },
    { allow: 'subscribe', topics: { eq: 'y/${clientid}/+' }, ...slash },
  ];

  it.each([
    ['site/7', 'publish', 'x/site/7/data', 'allow'],
    ['site/7', 'publish', 'x/site/7', 'allow'],
    ['site/7', 'publish', 'x/site/8/data', undefined],
    ['site/7', 'publish', 'x/site', undefined],
    ['site/7', 'publish', 'dev-site/7', 'allow'],
    ['site/7', 'publish', 'x/site/7/secret', 'deny'],
    ['site/7', 'subscribe', 'x/site/7/#', 'deny'],
    ['site/7', 'subscribe', 'x/site/7/a/#', 'allow'],
    ['site/7', 'subscribe', 'x/site/#', 'deny'],
    ['site/7', 'subscribe', 'x/+/+/secret', 'deny'],
    ['site/7', 'subscribe', 'x/+/data', undefined],
    ['site/7', 'subscribe', 'y/site/7/+', 'allow'],
    ['plain', 'publish', 'x/plain/a', 'allow'],
    ['/a//b/', 'publish', 'x//a//b//c', 'allow'],
    // What else a value may not hold stays so.
    ['site/+', 'publish', 'x/site/1/a', undefined],
    ['site/#', 'publish', 'x/site/1', undefined],
  ] as const)('%s %s %s: %s', (clientid, action, topic, verdict) => {
    expect(judge(rules, clientid, action, topic)).toBe(verdict);
  });

  it('lets no value begin a filter with "$"', () => {
    expect(judge([{ allow: 'all', topics: '${clientid}', ...slash }], '$SYS/x', 'publish', '$SYS/x')).toBe(
      undefined,
    );
  });

  it.each([{}, { placeholders: {} }, { placeholders: { slash: false } }])(
    'is one that says so: %j',
    (more) => {
      const rule: Rule = { allow: 'all', topics: 'x/${clientid}/#', ...more };
      expect(judge([rule], 'site/7', 'publish', 'x/site/7')).toBe(undefined);
      expect(RuleSchema.safeParse(rule).success).toBe(true);
    },
  );

  it('does not change what another rule with the same topics says', () => {
    const both: readonly Rule[] = [
      { deny: 'all', topics: 'x/${clientid}/#' },
      { allow: 'all', topics: 'x/${clientid}/#', ...slash },
    ];
    expect(judge(both, 'site/7', 'publish', 'x/site/7')).toBe('allow');
    expect(judge(both, 'site', 'publish', 'x/site')).toBe('deny');
  });

  it('decides as the relations of filters do, whatever the client id is', () => {
    const level = fc.constantFrom('a', 'b', '${clientid}', 'p${clientid}', '+');
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/#'))
      .map(([levels, end]) => `${levels.join('/')}${end}`);
    const rule = fc.record({ isAllow: fc.boolean(), filter, isOpen: fc.boolean() }).map(
      (made): Rule => ({
        [made.isAllow ? 'allow' : 'deny']: 'all',
        topics: made.filter,
        placeholders: { slash: made.isOpen },
      }),
    );
    const clientid = fc.constantFrom('a', 'b', 'a/b', 'b/a', 'a/b/a', 'a/', '/b', '/', 'a//b');
    const texts = fc.array(fc.constantFrom('a', 'b', 'pa', '+', ''), { minLength: 1, maxLength: 5 });
    const asked = fc.tuple(texts, fc.constantFrom('', '/#')).map(([some, end]) => `${some.join('/')}${end}`);
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), clientid, asked, (rules, id, topic) => {
        fc.pre(topic !== '');
        const action = /[+#]/.test(topic) ? 'subscribe' : 'publish';
        expect(judge(rules, id, action, topic)).toBe(expected(rules, id, action, topic));
      }),
      { numRuns: 3000 },
    );
  });
});

/** The first rule that is hit, by the relations of whole filters. */
function expected(rules: readonly Rule[], clientid: string, action: string, asked: string) {
  const isHit = (rule: Rule) => {
    const template = parseTemplate(String(listOf(rule.topics ?? [])[0])) as Template;
    const filter = substitute(template, someone({ clientid }), rule.placeholders?.slash);
    if (typeof filter !== 'string') return false;
    if (action === 'publish') return matches(filter, asked);
    return verdictOf(rule) === 'allow' ? covers(filter, asked) : overlaps(filter, asked);
  };
  const found = rules.find(isHit);
  return found && verdictOf(found);
}
