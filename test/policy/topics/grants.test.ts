import { describe, expect, test } from 'vitest';
import { compileRules } from '../../../src/policy/topics/authorize.ts';
import { parseGrants } from '../../../src/policy/topics/grants.ts';
import { someone } from '../someone.ts';

function rulesOf(claim: unknown) {
  const grants = parseGrants(claim);
  if ('problem' in grants) throw new Error(grants.problem);
  return grants.rules;
}

describe('the white list', () => {
  const authorize = compileRules(
    rulesOf({ pub: ['up/${clientid}', 'eq up/+'], sub: ['down/%c/#', 'eq #'], all: ['both/%u'] }),
  );

  test.each([
    ['publish', 'up/device-17', 'allow'],
    ['subscribe', 'up/device-17', 'deny'],
    ['publish', 'up/other', 'deny'],
    ['subscribe', 'down/device-17/+', 'allow'],
    ['subscribe', 'down/#', 'deny'],
    ['subscribe', '#', 'allow'],
    ['subscribe', '+', 'deny'],
    ['publish', 'both/alice', 'allow'],
    ['subscribe', 'both/alice', 'allow'],
    ['publish', '$SYS/x', 'deny'], // what is not listed is denied
  ] as const)('%s %s: %s', (action, topic, verdict) => {
    expect(authorize(someone(), action, topic).verdict).toBe(verdict);
  });

  test('names its rules', () => {
    expect(authorize(someone(), 'publish', 'both/alice')).toMatchObject({ rule: { name: 'acl.all[0]' } });
    expect(authorize(someone(), 'publish', 'x')).toMatchObject({ rule: { name: 'acl: not listed' } });
  });

  test('ignores other fields', () => {
    const judge = compileRules(rulesOf({ pub: ['a'], comment: 'x', publish: ['b'] }));
    expect(judge(someone(), 'publish', 'a').verdict).toBe('allow');
    expect(judge(someone(), 'publish', 'b').verdict).toBe('deny');
  });

  test('that is empty denies everything', () => {
    expect(compileRules(rulesOf({}))(someone(), 'publish', 'a').verdict).toBe('deny');
  });
});

describe('the list of rules', () => {
  const authorize = compileRules(
    rulesOf([
      { permission: 'deny', action: 'pub', topics: ['t/secret', 't/more'], qos: null },
      { permission: 'allow', action: 'publish', topic: 't/${clientid}', qos: [0, 1, 2], retain: 'all' },
      { permission: 'allow', action: 'subscribe', topic: 'eq t/1/#' },
      {
        permission: 'allow',
        action: 'all',
        topic: 'r',
        clientid_re: '^device-',
        username_re: 'e$',
        ipaddr: '10.0.0.0/8',
      },
    ]),
  );

  test.each([
    ['publish', 't/secret', 'deny'],
    ['publish', 't/device-17', 'allow'],
    ['publish', 't/x', undefined], // others are asked
    ['subscribe', 't/1/#', 'allow'],
    ['subscribe', 't/1/x', undefined],
    ['publish', 'r', 'allow'],
  ] as const)('%s %s: %s', (action, topic, verdict) => {
    expect(authorize(someone(), action, topic).verdict).toBe(verdict);
  });

  test.each([[{ clientid: 'x' }], [{ username: 'bob' }], [{ peerhost: '192.0.2.1' }]])(
    'is not for %o',
    (changes) => {
      expect(authorize(someone(changes), 'publish', 'r').verdict).toBeUndefined();
    },
  );

  test.each([
    { username: 'somebody else' },
    { clientid: 'somebody else' },
    { comment: 'for the gateway', id: 17 },
    { qos: '0,1,2' },
    { qos: ['2', 1, '0', 1] },
    { qos: null },
    { retain: null },
    { topic: 'r', topics: ['never'] },
    { topic: null, topics: ['r'] },
  ])('loses nothing by fields that EMQX ignores or that narrow nothing: %o', (more) => {
    const rules = rulesOf([{ permission: 'allow', action: 'pub', topic: 'r', ...more }]);
    expect(rules).toEqual([{ name: 'acl[0]', allow: 'publish', who: undefined, topics: ['r'] }]);
  });

  test('ignores the retain flag of a subscription, as EMQX does', () => {
    expect(rulesOf([{ permission: 'allow', action: 'sub', topic: 'r', retain: true }])).toHaveLength(1);
  });

  test('has no rule for one that names no topic', () => {
    expect(rulesOf([{ permission: 'deny', action: 'all', topics: [] }])).toEqual([]);
  });

  test('may be empty', () => expect(rulesOf([])).toEqual([]));
});

test.each<readonly [unknown, string]>([
  [undefined, 'acl: Invalid input'],
  ['pub', 'acl: Invalid input'],
  [{ pub: 'a' }, 'acl.pub: Invalid input'],
  [{ pub: ['a', 1] }, 'acl.pub[1]: Invalid input'],
  [{ pub: ['a#'] }, 'acl.pub[0]: "a#" is not a topic filter'],
  [{ sub: ['a', '${user}'] }, 'acl.sub[1]: unknown placeholder'],
  [{ pub: new Array(1001).fill('a') }, 'acl.pub: Too big'],
  [[{}], 'acl[0].permission: Invalid option'],
  [[{ permission: 'allow', action: 'read', topic: 'a' }], 'acl[0].action: Invalid option'],
  [[{ permission: 'allow', action: 'pub' }], 'acl[0]: has neither "topic" nor "topics"'],
  [[{ permission: 'allow', action: 'pub', topic: 5 }], 'acl[0]: has neither "topic" nor "topics"'],
  [[{ permission: 'allow', action: 'pub', topics: ['a', 5] }], 'acl[0].topics[1]: Invalid input'],
  [
    [{ permission: 'allow', action: 'pub', topic: 'a', qos: [0, 1] }],
    'acl[0].qos: limits the QoS, which ExHook does not send',
  ],
  [
    [{ permission: 'allow', action: 'pub', topic: 'a', retain: true }],
    'acl[0].retain: depends on the retain flag',
  ],
  ...(['zone', 'zone_re', 'listener', 'listener_re'] as const).map(
    (field) =>
      [
        [{ permission: 'allow', action: 'pub', topic: 'a', [field]: 'z' }],
        `acl[0].${field}: depends on the ${field.replace('_re', '')}, which ExHook does not send`,
      ] as const,
  ),
  ...([0, 2, '0', '0,1', '0, 1, 2', [1], [], ['0', '1', '2', '3'], [[0, 1, 2]], true] as const).map(
    (qos) =>
      [
        [{ permission: 'deny', action: 'sub', topic: 'a', qos }],
        'acl[0].qos: limits the QoS, which ExHook does not send',
      ] as const,
  ),
  [[{ permission: 'allow', action: 'pub', topic: 'a', username_re: '(' }], 'acl[0]: /(/: unmatched "("'],
  [[{ permission: 'allow', action: 'pub', topic: 'a', ipaddr: 'x' }], 'acl[0]: "x" is not an IP address'],
])('%j grants nothing: %s', (claim, problem) => {
  expect(parseGrants(claim)).toEqual({ problem: expect.stringContaining(problem) });
});

describe('a grant with one condition on the client', () => {
  const rule = (condition: object) =>
    rulesOf([{ permission: 'allow', action: 'all', topic: 'a', ...condition }]);

  test.each([
    [{ clientid_re: '^device-' }, { clientid: 'gateway-1' }, { clientid: { regex: '^device-' } }],
    [{ username_re: '^al' }, { username: 'bob' }, { username: { regex: '^al' } }],
    [{ ipaddr: '10.0.0.0/8' }, { peerhost: '203.0.113.7' }, { address: '10.0.0.0/8' }],
  ])('%j applies to clients that meet it, and to no others', (condition, other, who) => {
    const rules = rule(condition);
    expect(rules[0]?.who).toStrictEqual(who);
    const authorize = compileRules(rules);
    const meeting = someone({ clientid: 'device-1', username: 'alice', peerhost: '10.1.2.3' });
    expect(authorize(meeting, 'publish', 'a').verdict).toBe('allow');
    expect(authorize({ ...meeting, ...other }, 'publish', 'a').verdict).toBeUndefined();
  });

  test('without one applies to every client', () => {
    expect(rule({})[0]?.who).toBeUndefined();
  });

  test('without topics grants and denies nothing', () => {
    expect(rulesOf([{ permission: 'deny', action: 'all', topics: [] }])).toStrictEqual([]);
  });
});
