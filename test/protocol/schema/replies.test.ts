import { describe, expect, it } from 'vitest';
import { hookNames } from '../../../src/protocol/schema/hook-name.ts';
import {
  allow,
  deny,
  drop,
  type HookSpec,
  ignore,
  loaded,
  observed,
  pass,
  type Reply,
  replies,
  rewrite,
} from '../../../src/protocol/schema/replies.ts';

const payload = Uint8Array.of(1, 2, 3);
const hooks: HookSpec[] = [{ name: 'message.publish', topics: ['t/#'] }];

const constructors: [name: Reply['kind'], reply: Reply, expected: object][] = [
  ['observed', observed(), { kind: 'observed' }],
  ['allow', allow(), { kind: 'allow' }],
  ['deny', deny('not on the list'), { kind: 'deny', reason: 'not on the list' }],
  ['ignore', ignore(), { kind: 'ignore' }],
  ['pass', pass(), { kind: 'pass' }],
  ['rewrite', rewrite({ topic: 'b', qos: 2, payload }), { kind: 'rewrite', topic: 'b', qos: 2, payload }],
  ['drop', drop('a duplicate'), { kind: 'drop', reason: 'a duplicate' }],
  ['loaded', loaded(hooks), { kind: 'loaded', hooks }],
];

/** Which replies a hook may give. */
const grammar = (name: string): readonly Reply['kind'][] => {
  if (name === 'provider.loaded') return ['loaded'];
  if (name === 'client.authenticate' || name === 'client.authorize') return ['allow', 'deny', 'ignore'];
  if (name === 'message.ingress') return ['pass', 'drop', 'deny'];
  return name === 'message.publish' ? ['pass', 'rewrite', 'drop'] : ['observed'];
};

describe('the constructors', () => {
  it.each(constructors)('%s contains only what it is given', (_kind, reply, expected) => {
    expect(reply).toStrictEqual(expected);
  });

  it.each([observed, allow, ignore, pass])('%s cannot be changed by one caller for all others', (make) => {
    expect(Object.isFrozen(make())).toBe(true);
    expect(make()).toBe(make());
  });
});

describe.each(hookNames)('%s', (name) => {
  it.each(constructors)('may or may not answer %s, as its kind of hook allows', (kind, reply) => {
    const parsed = replies[name].safeParse(reply);
    expect(parsed.success).toBe(grammar(name).includes(kind));
    if (parsed.success) expect(parsed.data).toStrictEqual(reply);
  });

  it.each([undefined, null, true, 'allow', {}, { kind: 'other' }, []])('may not answer %j', (reply) => {
    expect(replies[name].safeParse(reply).success).toBe(false);
  });
});

describe('a rewrite at message.ingress', () => {
  it('changes topic and payload', () => {
    const reply = rewrite({ topic: 'b', payload });
    expect(replies['message.ingress'].parse(reply)).toStrictEqual(reply);
  });

  it('cannot change the QoS: the publisher would wait for its acknowledgement forever', () => {
    expect(replies['message.ingress'].safeParse(rewrite({ qos: 1 })).error?.issues).toMatchObject([
      { path: ['qos'], message: 'cannot be changed at message.ingress: change it at message.publish' },
    ]);
  });

  it.each(['', 'a/+', '#', '$SYS/x'])('cannot send the message to %j', (topic) => {
    expect(replies['message.ingress'].safeParse(rewrite({ topic })).success).toBe(false);
  });
});

describe('reasons', () => {
  it.each([
    ['client.authenticate', deny('')],
    ['client.authorize', deny('')],
    ['message.publish', drop('')],
  ] as const)('are demanded of %s', (name, reply) => {
    expect(replies[name].safeParse(reply).error?.issues).toMatchObject([
      { path: ['reason'], message: 'say why: the reason goes to the log' },
    ]);
  });
});

describe('a rewritten topic', () => {
  const topics: [topic: string, isGood: boolean][] = [
    ['a', true],
    ['/', true],
    ['a//b', true],
    ['a b/ü/€/𝄞', true],
    ['$SYSTEM', true],
    ['$share/g/t', true],
    ['a/$SYS/b', true],
    ['x'.repeat(65_535), true],
    ['', false],
    ['a/+/b', false],
    ['a+', false],
    ['a/#', false],
    ['#', false],
    ['a\0b', false],
    ['\0', false],
    ['$SYS', false],
    ['$SYS/', false],
    ['$SYS/brokers', false],
    ['x'.repeat(65_536), false],
  ];
  it.each(topics.map(([topic, isGood]) => ({ topic, isGood, shown: JSON.stringify(topic.slice(0, 12)) })))(
    '$shown is routable: $isGood',
    ({ topic, isGood }) => {
      const { success, error } = replies['message.publish'].safeParse(rewrite({ topic }));
      expect(success).toBe(isGood);
      if (!isGood) expect(error?.issues[0]?.path).toStrictEqual(['topic']);
    },
  );
});

it.each([
  [{ qos: 3 }, 'qos'],
  [{ qos: -1 }, 'qos'],
  [{ qos: '1' }, 'qos'],
  [{ payload: 'text' }, 'payload'],
  [{ payload: [1] }, 'payload'],
  [{ topic: 7 }, 'topic'],
])('a rewrite to %j is refused', (change, field) => {
  const reply = { kind: 'rewrite', ...change };
  expect(replies['message.publish'].safeParse(reply).error?.issues[0]?.path).toStrictEqual([field]);
});

it('a rewrite that names nothing is a rewrite', () => {
  expect(replies['message.publish'].parse(rewrite({}))).toStrictEqual({ kind: 'rewrite' });
});

it('the list of hooks is of names and topic filters', () => {
  const { success } = replies['provider.loaded'].safeParse({ kind: 'loaded', hooks: [{ name: 'x' }] });
  expect(success).toBe(false);
});
