import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Subject } from '../../../src/policy/subject.ts';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import { explain } from '../../../src/policy/topics/explain.ts';
import type { Action, Rule } from '../../../src/policy/topics/rule.ts';
import { anyRule, anySubject } from '../rules.ts';
import { someone } from '../someone.ts';
import { anyFilter, anyTopic } from '../topics.ts';

/** `allow`, `deny` or `-`, by the index and by plain evaluation, which must agree. */
function judge(rules: readonly Rule[], action: Action, topic: string, subject: Subject = someone()): string {
  const { verdict } = compileRules(rules)(subject, action, topic);
  expect(explain(rules, subject, action, topic).verdict).toBe(verdict);
  return verdict ?? '-';
}

function rulesOf(yaml: string): Rule[] {
  return parse(yaml);
}

describe('an allow rule', () => {
  test.each([
    ['a/+', 'publish', 'a/b', 'allow'],
    ['a/+', 'publish', 'a/b/c', '-'],
    ['a/#', 'publish', 'a', 'allow'], // [MQTT-4.7.1-2]
    ['#', 'publish', '$SYS/x', '-'], // [MQTT-4.7.2-1]
    ['$SYS/#', 'publish', '$SYS/x', 'allow'],
    ['a/+', 'subscribe', 'a/b', 'allow'],
    ['a/+', 'subscribe', 'a/+', 'allow'],
    ['a/+', 'subscribe', 'a/#', '-'], // not all of it
    ['a/#', 'subscribe', 'a/+/c', 'allow'],
    ['a/b', 'subscribe', 'a/+', '-'],
    ['#', 'subscribe', '#', 'allow'],
    ['#', 'subscribe', '$SYS/#', '-'], // [MQTT-4.7.2-1]
    ['+/#', 'subscribe', '#', 'allow'],
    ['a/#', 'subscribe', '$share/g/a/b', 'allow'], // [MQTT-4.8.2-1]
    ['a/#', 'subscribe', '$share/a/b', '-'],
    ['a/+', 'subscribe', '$share/g/a/#', '-'],
    ['a/+', 'publish', '$share/g/a/b', '-'], // a publish is not shared
    ['fleet/${username}/#', 'publish', 'fleet/alice/x', 'allow'],
    ['fleet/${username}/#', 'publish', 'fleet/bob/x', '-'],
    ['fleet/${username}/#', 'subscribe', 'fleet/alice/#', 'allow'],
    ['fleet/${username}/#', 'subscribe', 'fleet/+/#', '-'],
    ['dev-${clientid}/x', 'publish', 'dev-device-17/x', 'allow'],
    ['dev-${clientid}/x', 'publish', 'dev-/x', '-'],
    ['${tag.site}/${cert_common_name}', 'publish', 'berlin/cn-17', 'allow'],
  ] as const)('on %s: %s %s: %s', (topics, action, topic, expected) => {
    expect(judge([{ allow: 'all', topics }], action, topic)).toBe(expected);
  });
});

describe('a deny rule', () => {
  test.each([
    ['a/+', 'publish', 'a/b', 'deny'],
    ['a/+', 'publish', 'a/b/c', '-'],
    ['a/b', 'subscribe', 'a/+', 'deny'], // some of it is enough
    ['a/b', 'subscribe', 'a/#', 'deny'],
    ['a/b', 'subscribe', '#', 'deny'],
    ['a/b', 'subscribe', '+/c', '-'],
    ['a/b', 'subscribe', '$share/g/+/b', 'deny'], // [MQTT-4.8.2-1]
    ['a', 'subscribe', 'a/#', 'deny'], // [MQTT-4.7.1-2]
    ['a/#', 'subscribe', 'a', 'deny'],
    ['a/+/c', 'subscribe', '+/b/#', 'deny'],
    ['$SYS/#', 'subscribe', '#', '-'], // [MQTT-4.7.2-1]
    ['$SYS/#', 'subscribe', '+/x', '-'],
    ['$SYS/#', 'subscribe', '$SYS/+', 'deny'],
    ['#', 'subscribe', '$SYS/#', '-'],
    ['x/${username}', 'subscribe', 'x/+', 'deny'],
    ['x/${username}', 'subscribe', 'x/bob', '-'],
    ['x-${username}/y', 'subscribe', '#', 'deny'],
  ] as const)('on %s: %s %s: %s', (topics, action, topic, expected) => {
    expect(judge([{ deny: 'all', topics }], action, topic)).toBe(expected);
  });
});

describe('a literal filter', () => {
  test.each([
    ['#', 'subscribe', '#', 'hit'],
    ['#', 'subscribe', 'a', '-'], // no wildcard here
    ['a/#', 'subscribe', 'a/+', '-'],
    ['a/+', 'subscribe', 'a/+', 'hit'],
    ['a/b', 'subscribe', 'a/b', 'hit'],
    ['a/b', 'subscribe', 'a/+', '-'], // a denial too: it is about this text alone
    ['a/b', 'subscribe', '$share/g/a/b', 'hit'],
    ['a/b', 'publish', 'a/b', 'hit'],
    ['a/+', 'publish', 'a/b', '-'],
    ['${username}/#', 'subscribe', 'alice/#', 'hit'],
    ['${username}/#', 'subscribe', 'alice/a', '-'],
  ] as const)('eq %s: %s %s: %s', (eq, action, topic, expected) => {
    for (const verdict of ['allow', 'deny'] as const) {
      const rules = [{ [verdict]: 'all', topics: { eq } }] as Rule[];
      expect(judge(rules, action, topic)).toBe(expected === 'hit' ? verdict : '-');
    }
  });
});

describe('a rule', () => {
  test('is about its action', () => {
    expect(judge([{ allow: 'publish', topics: 'a' }], 'subscribe', 'a')).toBe('-');
    expect(judge([{ allow: 'subscribe', topics: 'a' }], 'publish', 'a')).toBe('-');
    expect(judge([{ deny: 'publish' }], 'subscribe', 'a')).toBe('-');
    expect(judge([{ deny: 'all' }], 'subscribe', 'a')).toBe('deny');
  });

  test('without topics is about every topic', () => {
    for (const topic of ['a', '$SYS/a', '/', 'a/b'])
      expect(judge([{ allow: 'all' }], 'publish', topic)).toBe('allow');
    for (const filter of ['#', '$SYS/#', '$share/g/#'])
      expect(judge([{ allow: 'all' }], 'subscribe', filter)).toBe('allow');
  });

  test('that comes first decides', () => {
    const rules = rulesOf(`
      - deny: publish
        topics: [plant/secret/#]
      - allow: publish
        topics: ["plant/#"]
      - deny: all
    `);
    expect(judge(rules, 'publish', 'plant/1')).toBe('allow');
    expect(judge(rules, 'publish', 'plant/secret/1')).toBe('deny');
    expect(compileRules(rules)(someone(), 'publish', 'other')).toMatchObject({
      verdict: 'deny',
      index: 2,
      rule: rules[2],
    });
  });

  test.each([
    ['{ username: alice }', 'allow'],
    ['{ username: Alice }', '-'],
    ['{ username: [bob, alice] }', 'allow'],
    ['{ username: { like: "al*" } }', 'allow'],
    ['{ username: { like: "*ce" } }', 'allow'],
    ['{ username: { like: "b*" } }', '-'],
    ['{ username: [bob, { regex: "^a.*e$" }] }', 'allow'],
    ['{ username: { present: true } }', 'allow'],
    ['{ username: { present: false } }', '-'],
    ['{ clientid: device-17 }', 'allow'],
    ['{ clientid: { is: device-18 } }', '-'],
    ['{ cert_common_name: cn-17 }', 'allow'],
    ['{ address: 10.0.0.0/8 }', 'allow'],
    ['{ address: [192.168.0.0/16, "::/0"] }', '-'],
    ['{ tag: trusted }', 'allow'],
    ['{ tag: toString }', '-'],
    ['{ tag: [none, trusted] }', 'allow'],
    ['{ tag: { site: berlin } }', 'allow'],
    ['{ tag: { site: [paris, { like: "ber*" }] } }', 'allow'],
    ['{ tag: { site: berlin, none: x } }', '-'],
    ['{ tag: { none: { present: false } } }', 'allow'],
    ['{ username: alice, clientid: other }', '-'], // all given must hold
    ['{ username: alice, clientid: device-17, tag: trusted, address: 10.1.2.3 }', 'allow'],
    ['{ any: [{ username: bob }, { clientid: device-17 }] }', 'allow'],
    ['{ any: [{ username: bob }, { clientid: other }] }', '-'],
    ['{ all: [{ username: alice }, { username: { like: "*e" } }] }', 'allow'],
    ['{ all: [{ username: alice }, { username: bob }] }', '-'],
    ['{ not: { username: bob } }', 'allow'],
    ['{ not: { address: 10.0.0.0/8 } }', '-'],
  ])('for %s: %s', (who, expected) => {
    expect(judge([{ allow: 'all', who: parse(who) }], 'publish', 'a')).toBe(expected);
  });

  test.each([
    ['{ username: { like: "*" } }'],
    ['{ username: { regex: "" } }'],
    ['{ cert_common_name: { like: "*" } }'],
    ['{ address: [0.0.0.0/0, "::/0"] }'],
    ['{ tag: trusted }'],
    ['{ tag: { site: { like: "*" } } }'],
  ])('for %s is not for a client that has none', (who) => {
    const nobody = someone({ username: '', cn: '', peerhost: '', tags: undefined });
    expect(judge([{ allow: 'all', who: parse(who) }], 'publish', 'a', nobody)).toBe('-');
  });

  test('that is wrong is not compiled', () => {
    expect(() => compileRules([{ allow: 'all', topics: 'a/${x}' }])).toThrow(/topics: unknown placeholder/);
    expect(() => compileRules([{ allow: 'all', who: { username: { regex: '(' } } }])).toThrow(/unmatched/);
  });
});

describe('a value that is not safe in a filter', () => {
  const rules: Rule[] = [{ allow: 'all', topics: ['fleet/${username}/#', 'id-${clientid}/x'] }];

  test.each([
    ['+', 'fleet/bob/x', 'contains "+"'],
    ['#', 'fleet/bob/x', 'contains "#"'],
    ['bob/x', 'fleet/bob/x/y', 'contains "/"'],
    ['', 'fleet//x', 'is empty'],
    ['b\0b', 'fleet/b\0b/x', 'contains NUL'],
  ])('%o does not open %s, and is reported: it %s', (username, topic, reason) => {
    for (const action of ['publish', 'subscribe'] as const) {
      expect(compileRules(rules)(someone({ username }), action, topic)).toEqual({
        verdict: undefined,
        notes: [{ variable: 'username', reason }],
      });
      expect(judge(rules, action, topic, someone({ username }))).toBe('-');
    }
  });

  test('that begins with "$" does not open system topics', () => {
    const own: Rule[] = [{ allow: 'all', topics: '${username}/#' }];
    expect(judge(own, 'publish', '$SYS/x', someone({ username: '$SYS' }))).toBe('-');
    expect(judge(own, 'publish', '$delayed/1/x', someone({ username: '$delayed' }))).toBe('-');
  });

  test('is reported once, and only when a rule came down to it', () => {
    const authorize = compileRules([...rules, { allow: 'all', topics: ['fleet/${username}/y', 'a/b'] }]);
    const client = someone({ username: 'a+', clientid: '#' });
    expect(authorize(client, 'publish', 'fleet/a/b').notes).toEqual([
      { variable: 'username', reason: 'contains "+"' },
    ]);
    expect(authorize(client, 'publish', 'id-1/x').notes).toEqual([
      { variable: 'clientid', reason: 'contains "#"' },
    ]);
    expect(authorize(client, 'subscribe', 'fleet/+/y').notes).toEqual([]);
    expect(authorize(client, 'publish', 'a/b')).toMatchObject({ verdict: 'allow', notes: [] });
  });

  test('is reported by denials that it keeps from being hit', () => {
    const authorize = compileRules([{ deny: 'all', topics: ['x/${username}'] }]);
    const note = { variable: 'username', reason: 'contains "/"' };
    expect(authorize(someone({ username: 'a/b' }), 'subscribe', 'x/#').notes).toEqual([note]);
  });
});

describe('the index', () => {
  test('gives what asking rule after rule gives', () => {
    const request = fc.oneof(
      fc.record({ action: fc.constant('publish' as const), topic: anyTopic }),
      fc.record({
        action: fc.constant('subscribe' as const),
        topic: fc
          .tuple(
            fc.constantFrom(
              '',
              '',
              '',
              '$share/g/',
              '$queue/',
              '$queue/a/',
              '$q/',
              '$s/0/',
              '$new/',
              '$exclusive/',
            ),
            anyFilter,
          )
          .map((parts) => parts.join('')),
      }),
      fc.record({
        action: fc.constant('publish' as const),
        topic: anyTopic.map((topic) => `$delayed/5/${topic}`),
      }),
    );
    const release = fc.constantFrom('', '4.4.3', '5.8.3', '6.2.0');
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 12 }),
        anySubject,
        fc.array(request, { minLength: 8, maxLength: 8 }),
        release,
        (rules, subject, requests, version) => {
          const authorize = compileRules(rules);
          for (const { action, topic } of requests) {
            const { verdict, decided, isUnknown } = explain(
              rules,
              subject,
              action,
              topic,
              undefined,
              version,
            );
            const found = authorize(subject, action, topic, version);
            expect(found.isUnknown).toBe(isUnknown);
            expect(found).toMatchObject(
              verdict === undefined ? { verdict } : { verdict, index: decided?.index },
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('takes any text for a topic', () => {
    const subject = someone();
    const text = fc.string({ unit: fc.constantFrom('a', '/', '+', '#', '$', '\0', '$share/') });
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), text, (rules, topic) => {
        compileRules(rules)(subject, 'publish', topic);
        compileRules(rules)(subject, 'subscribe', topic);
      }),
    );
  });
});

describe('a name that takes too much work for a regular expression', () => {
  const costly = { regex: '([a-z]{1,50}){1,10}0' };
  const email = { regex: '^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$' };
  const long = someone({ username: 'a'.repeat(65_535), tags: { site: 'a'.repeat(65_535) } });

  test.each<[Rule['who'], 'allow' | 'deny', string]>([
    [{ username: costly }, 'allow', '-'],
    [{ username: costly }, 'deny', 'deny'],
    [{ not: { username: costly } }, 'allow', '-'],
    [{ not: { username: costly } }, 'deny', 'deny'],
    [{ not: { not: { username: costly } } }, 'allow', '-'],
    [{ not: { not: { username: costly } } }, 'deny', 'deny'],
    [{ any: [{ username: costly }, { clientid: 'device-17' }] }, 'allow', 'allow'],
    [{ all: [{ username: costly }, { clientid: 'other' }] }, 'deny', '-'],
    [{ username: [costly, { like: 'a*' }] }, 'allow', 'allow'],
    [{ tag: { site: costly } }, 'allow', '-'],
    [{ tag: { site: costly } }, 'deny', 'deny'],
    [{ not: { tag: { site: costly } } }, 'allow', '-'],
    // Longer than any name.
    [{ username: email }, 'allow', '-'],
    [{ username: email }, 'deny', 'deny'],
    [{ username: { regex: '^a+$' } }, 'allow', '-'],
    [{ clientid: costly }, 'deny', '-'],
  ])('for %j and %s: %s', (who, verdict, expected) => {
    expect(judge([{ [verdict]: 'all', ...(who && { who }) }], 'publish', 'a', long)).toBe(expected);
  });

  test('is not evaluated for hundreds of rules either', () => {
    const rules = Array.from(
      { length: 500 },
      (_, i): Rule => ({
        allow: 'all',
        who: { username: { regex: `(a|b)*a(a|b){${20 + (i % 10)}}[${i}x]y` } },
      }),
    );
    const subject = someone({ username: 'ab'.repeat(1000) });
    expect(judge([...rules, { deny: 'all', who: { username: costly } }], 'publish', 'a', subject)).toBe(
      'deny',
    );
  });

  test('is evaluated when it is short enough', () => {
    const who = { username: email };
    expect(judge([{ allow: 'all', who }], 'publish', 'a', someone({ username: 'ann@acme.example' }))).toBe(
      'allow',
    );
    const longest = someone({ username: `${'a'.repeat(16_000)}@acme.example` });
    expect(judge([{ allow: 'all', who }], 'publish', 'a', longest)).toBe('allow');
  });
});
