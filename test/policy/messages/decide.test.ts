import { describe, expect, it } from 'vitest';
import { decideMessage } from '../../../src/policy/messages/decide.ts';
import { judge, openPublish, publishInput, tell } from '../../support/messages.ts';

const untouched = { verdict: 'pass', by: 'otherwise', reason: 'no rule matches' };

describe('which rules match', () => {
  const by = async (rule: object, given: object) =>
    ((await judge([{ ...rule, drop: true }], given)) as { by: string }).by;

  it.each([
    [{ topics: 'a/+' }, { topic: 'a/b' }],
    [{ topics: ['x', 'a/#'] }, { topic: 'a/b' }],
    [{ topics: 'dev/${clientid}/#' }, { topic: 'dev/c1/x', from: 'c1' }],
    [{ topics: 'u/${username}' }, { topic: 'u/bob', headers: { username: 'bob' } }],
    [{ topics: { eq: 'a/b' } }, {}],
    [{ who: { clientid: { like: 'pump-*' } } }, { from: 'pump-7' }],
    [{ who: { address: '10.0.0.0/8' } }, { headers: { peerhost: '10.1.2.3' } }],
    [{ who: { username: { present: false } } }, { headers: {} }],
    [{ when: 'qos == 1 && topic.startsWith("a/")' }, { qos: 1 }],
    [{ when: 'username == "bob" && size == 2' }, { headers: { username: 'bob' }, payload: 'ok' }],
    [{ when: 'user_props["k"] == "1"' }, { userProps: [{ name: 'k', value: '1' }] }],
    [{ when: 'payload == b"ok"' }, { payload: 'ok' }],
    [{ decode: 'json', when: 'payload.t > 20' }, { payload: { t: 21 } }],
    [{}, { topic: '$delayed/5/a' }],
  ])('%j matches %j', async (rule, given) => {
    expect(await by(rule, given)).toBe('rule 1');
  });

  it.each([
    [{ topics: 'a/+' }, { topic: 'a/b/c' }],
    [{ topics: '#' }, { topic: '$delayed/5/a' }],
    [{ topics: 'dev/${clientid}/#' }, { topic: 'dev/c2/x', from: 'c1' }],
    [{ topics: { eq: 'a/+' } }, { topic: 'a/b' }],
    [{ who: { username: { like: '*' } } }, { headers: {} }],
    [{ who: { address: '10.0.0.0/8' } }, { headers: {} }],
    [{ when: 'qos == 2' }, { qos: 1 }],
    [{ decode: 'json', when: 'payload.t > 20' }, { payload: { t: 19 } }],
  ])('%j does not match %j', async (rule, given) => {
    expect(await by(rule, given)).toBe('otherwise');
  });

  it('names the value that cannot be in a filter', async () => {
    const policy = await openPublish({ rules: [{ topics: 'dev/${clientid}', drop: true }] });
    const { decision } = decideMessage(policy, publishInput({ topic: 'dev/a', from: 'a/#' }));
    expect(decision).toMatchObject({
      by: 'otherwise',
      notes: [{ variable: 'clientid', reason: 'contains "/"' }],
    });
  });

  it('passes over a rule whose condition fails, and says so', async () => {
    const policy = await openPublish({
      rules: [{ name: 'hot', decode: 'json', when: 'payload.t > 20', drop: true }],
    });
    const { reply, decision } = decideMessage(policy, publishInput({ payload: { u: 1 } }));
    expect(reply).toStrictEqual({ kind: 'pass' });
    expect(decision).toStrictEqual({
      ...untouched,
      isShadow: false,
      conditions: [{ rule: 'hot', reason: 'a field that it names is not there' }],
    });
  });
});

describe('all rules that match', () => {
  it('apply in order, each to the result of the previous one', async () => {
    expect(
      await judge(
        [
          { name: 'read', decode: 'json' },
          { name: 'mark', set: { payload: { seen: true } } },
          { name: 'move', when: 'payload.seen', set: { topic: 'seen/${topic}' } },
          { name: 'elsewhere', topics: 'x/#', drop: true },
          { name: 'by the topic it came with', topics: 'a/b', set: { qos: 2 } },
        ],
        { payload: { t: 1 }, qos: 0 },
      ),
    ).toStrictEqual({
      verdict: 'rewrite',
      by: 'read, mark, move, by the topic it came with',
      topic: 'seen/a/b',
      qos: 2,
      payload: '{"t":1,"seen":true}',
    });
  });

  it.each([
    [
      { name: 'end', stop: true },
      { verdict: 'pass', by: 'end', reason: 'nothing changed' },
    ],
    [
      { name: 'end', drop: 'not wanted' },
      { verdict: 'drop', by: 'end', reason: 'not wanted' },
    ],
    [
      { name: 'end', drop: true },
      { verdict: 'drop', by: 'end', reason: 'the rule says so' },
    ],
    [
      { name: 'end', require: { qos: 2, else: 'pass' } },
      { verdict: 'pass', by: 'end', reason: 'the QoS is not 2' },
    ],
    [
      { name: 'end', require: { qos: [0, 2] } },
      { verdict: 'drop', by: 'end', reason: 'the QoS is not 0 or 2' },
    ],
  ] as const)('end at %j', async (rule, outcome) => {
    expect(await judge([rule as never, { set: { topic: 'never' } }], { qos: 1 })).toStrictEqual(outcome);
  });

  it('continue after a rule that skips a message that does not meet its requirements', async () => {
    const rules = [
      { name: 'big', require: { payload: { minBytes: 10 }, else: 'skip' as const }, drop: true as const },
      { name: 'all', set: { topic: 'x' } },
    ];
    expect(await judge(rules, { payload: 'small' })).toMatchObject({ verdict: 'rewrite', by: 'all' });
    expect(await judge(rules, { payload: 'large enough' })).toMatchObject({ verdict: 'drop', by: 'big' });
  });

  it('are none for most messages', async () => {
    expect(await judge([{ topics: 'x', drop: true }], {})).toStrictEqual(untouched);
    expect(await judge([], {})).toStrictEqual(untouched);
  });
});

describe('payloads', () => {
  const cbor = Uint8Array.from([0xa2, 0x61, 0x74, 0xf9, 0x4d, 0x60, 0x61, 0x6e, 0x03]);

  it('go from one form to another', async () => {
    expect(await judge([{ decode: 'cbor', encode: 'json' }], { payload: cbor })).toStrictEqual({
      verdict: 'rewrite',
      by: 'rule 1',
      payload: '{"t":21.5,"n":3}',
    });
  });

  it('stay as they are, to the byte, when they are only read', async () => {
    const spaced = '{ "t" : 21.50 }';
    const rules = [{ name: 'read', decode: 'json' as const, require: { schema: { required: ['t'] } } }];
    expect(await judge(rules, { payload: spaced })).toStrictEqual({
      verdict: 'pass',
      by: 'read',
      reason: 'nothing changed',
    });
  });

  it('may hold any text where a format in the schema only describes', async () => {
    const require = { schema: { properties: { ip: { format: 'ipv4' } } } };
    const given = { payload: '{"ip":"x"}' };
    expect(await judge([{ decode: 'json', require }], given)).toMatchObject({ verdict: 'drop' });
    const lax = { ...require, schemaFormats: 'annotate' as const };
    expect(
      await judge(
        [
          { decode: 'json', require: lax },
          { decode: 'json', require: lax },
        ],
        given,
      ),
    ).toMatchObject({
      verdict: 'pass',
    });
  });

  it('are written the way they were read when a field is set and no form is named', async () => {
    const base64 = Buffer.from('{"t":1}').toString('base64');
    const rules = [{ decode: ['base64', 'json'] as const, set: { payload: { 'site.id': '${clientid}' } } }];
    const outcome = (await judge(rules as never, { payload: base64, from: 'c1' })) as { payload: string };
    expect(Buffer.from(outcome.payload, 'base64').toString()).toBe('{"t":1,"site":{"id":"c1"}}');
  });

  it('are unwrapped for good when bytes are decoded to bytes', async () => {
    expect(await judge([{ decode: 'hex' }], { payload: '6f6b' })).toMatchObject({ payload: 'ok' });
    expect(
      await judge([{ decode: 'hex' }, { decode: 'json', encode: 'json' }], { payload: '7b7d' }),
    ).toMatchObject({ payload: '{}' });
  });

  it('are wrapped, and still known by their value', async () => {
    const rules = [
      { decode: 'json', encode: ['json', 'base64'] },
      { when: 'payload.t == 1', set: { payload: { t: 2 } } },
    ];
    expect(await judge(rules as never, { payload: { t: 1 } })).toMatchObject({
      payload: Buffer.from('{"t":2}').toString('base64'),
    });
    expect(await judge([{ encode: 'hex' }], { payload: 'ok' })).toMatchObject({ payload: '6f6b' });
  });

  it.each([
    [
      { payload: { n: '${payload.t}', text: 'is ${payload.t}' } },
      '{"t":1,"deep":{"l":[1,{"x":2}]},"n":1,"text":"is 1"}',
    ],
    [
      { payload: { whole: { list: ['${qos}', true, null] } } },
      '{"t":1,"deep":{"l":[1,{"x":2}]},"whole":{"list":[1,true,null]}}',
    ],
    [{ payload: { 'deep.l[1].x': 3 } }, '{"t":1,"deep":{"l":[1,{"x":3}]}}'],
    [{ payload: { '["a.b"]': 1 }, remove: ['deep', 'absent.x'] }, '{"t":1,"a.b":1}'],
    [{ remove: 'deep.l[0]' }, '{"t":1,"deep":{"l":[{"x":2}]}}'],
    [{ remove: ['t', 'deep.l[1].x', 'deep.l[7]', 't.x'] }, '{"deep":{"l":[1,{}]}}'],
    [{ payload: '${payload.deep}' }, '{"l":[1,{"x":2}]}'],
    [{ payload: '${clientid} says ${payload.t}' }, 'c1 says 1'],
    [{ payload: '$${x}' }, '${x}'],
    [{ payload: { t: '${payload.deep.l[1].x}', deep: '${payload.t}' } }, '{"t":2,"deep":1}'],
    [{ payload: { topic: '${topic[0]}-${topic[1]}' }, remove: ['t', 'deep'] }, '{"topic":"a-b"}'],
    [
      { payload: { at: '${timestamp}', by: '${username}@${peerhost}' }, remove: ['t', 'deep'] },
      '{"at":1795373441754,"by":"bob@127.0.0.1"}',
    ],
  ])('are changed by %j', async (set, payload) => {
    const given = { payload: { t: 1, deep: { l: [1, { x: 2 }] } }, from: 'c1', qos: 1 };
    expect(await judge([{ decode: 'json', set }], given)).toMatchObject({ payload });
  });

  it('are not changed in place', async () => {
    const policy = await openPublish({
      rules: [{ decode: 'json', set: { payload: { 'a.b': 1 }, remove: 'c' }, encode: 'cbor' }],
    });
    const input = publishInput({ payload: { a: {}, c: 1 } });
    const before = structuredClone(input);
    const first = decideMessage(policy, input);
    expect(input).toStrictEqual(before);
    expect(decideMessage(policy, input)).toStrictEqual(first);
  });
});

describe('topic and QoS', () => {
  it.each([
    ['plant/${clientid}/in', 'plant/c1/in'],
    ['${topic}', undefined],
    ['copy/${topic}', 'copy/a/b'],
    ['${payload.site}/${topic[1]}', 'north/b'],
    ['$share-not/${clientid}', '$share-not/c1'],
    ['${qos}', '1'],
  ])('%s', async (topic, expected) => {
    const given = { from: 'c1', payload: { site: 'north' }, qos: 1 };
    const outcome = await judge([{ decode: 'json', set: { topic } }], given);
    if (expected === undefined) expect(outcome).toMatchObject({ verdict: 'pass', reason: 'nothing changed' });
    else expect(outcome).toMatchObject({ topic: expected });
  });

  it('are rewritten to the result of a template', async () => {
    expect(
      await judge([{ decode: 'json', set: { qos: '${payload.q}' } }], { payload: { q: 2 } }),
    ).toMatchObject({
      qos: 2,
    });
  });
});

describe('a rule that cannot be applied', () => {
  const failing: [string, object, object, string][] = [
    [
      'no JSON',
      { decode: 'json' },
      { payload: '{' },
      'decode json: the payload is not JSON: wrong at character 1',
    ],
    [
      'an object expected',
      { decode: 'json', set: { payload: { 'a.b': 1 } } },
      { payload: { a: 5 } },
      'payload a is not an object',
    ],
    [
      'a list expected',
      { decode: 'json', set: { payload: { x: 1 } } },
      { payload: '[1]' },
      'payload x is not there',
    ],
    [
      'an index too far',
      { decode: 'json', set: { payload: { 'l[3]': 1 } } },
      { payload: { l: [1] } },
      'payload l[3] is not there',
    ],
    [
      'a missing field',
      { decode: 'json', set: { topic: 't/${payload.site}' } },
      { payload: {} },
      '${payload.site} is not there',
    ],
    [
      'a field of the prototype',
      { decode: 'json', set: { payload: { x: '${payload.constructor}' } } },
      { payload: {} },
      '${payload.constructor} is not there',
    ],
    [
      'no user name',
      { set: { topic: 't/${username}' } },
      { headers: {} },
      '${username} is not there: the message does not contain it',
    ],
    ['a level too far', { set: { topic: 't/${topic[7]}' } }, {}, '${topic[7]} is not there'],
    ['no property', { set: { topic: 't/${user_props.site}' } }, {}, '${user_props.site} is not there'],
    [
      'an object in a text',
      { decode: 'json', set: { topic: 't/${payload.o}' } },
      { payload: { o: {} } },
      '${payload.o} is not text, a number or a boolean',
    ],
    [
      'a number that was rounded',
      { decode: 'json', set: { topic: 't/${payload.n}' } },
      { payload: { n: 1e20 } },
      '${payload.n} is a number that was rounded',
    ],
    [
      'a level with a slash',
      { set: { topic: 't/${clientid}' } },
      { from: 'a/b' },
      'set.topic: ${clientid} contains "/"',
    ],
    [
      'a level with a wildcard',
      { set: { topic: 't/${clientid}' } },
      { from: '#' },
      'set.topic: ${clientid} contains "#"',
    ],
    [
      'a level with NUL',
      { decode: 'json', set: { topic: 't/${payload.x}' } },
      { payload: { x: 'a\0' } },
      'set.topic: ${payload.x} contains NUL',
    ],
    [
      'an empty level',
      { decode: 'json', set: { topic: 't/${payload.x}' } },
      { payload: { x: '' } },
      'set.topic: ${payload.x} is empty',
    ],
    [
      'a dollar from a client',
      { set: { topic: '${clientid}/x' } },
      { from: '$SYS' },
      'set.topic: ${clientid} begins with "$"',
    ],
    [
      '$SYS put together',
      { set: { topic: '$SY${clientid}/x' } },
      { from: 'S' },
      'set.topic: the new topic must not be under $SYS',
    ],
    [
      'a dollar of the topic',
      { set: { topic: '${topic}/x' } },
      { topic: '$delayed/a' },
      'set.topic: the new topic begins with "$": write the "$" in the template itself',
    ],
    [
      'a topic too long',
      { decode: 'json', set: { topic: `${'t'.repeat(40_000)}/\${payload.x}` } },
      { payload: { x: 'x'.repeat(40_000) } },
      'set.topic: the new topic must be at most 65535 bytes of UTF-8',
    ],
    [
      'no QoS',
      { decode: 'json', set: { qos: '${payload.q}' } },
      { payload: { q: 7 } },
      'set.qos: is not 0, 1 or 2',
    ],
    [
      'nothing decoded',
      { encode: 'json', topics: 'a/b' },
      {},
      'encode: json takes a value, and no rule decoded the payload',
    ],
  ];
  const earlier = { topics: 'never', decode: 'json' };

  it.each(failing)('%s: the message passes unchanged', async (_, rule, given, reason) => {
    const rules = [
      { name: 'before', set: { qos: 2 } },
      earlier,
      { name: 'fails', ...rule },
      { name: 'after', set: { topic: 'never' } },
    ] as never;
    const { reply, decision } = decideMessage(await openPublish({ rules }), publishInput(given));
    expect([reply, decision]).toStrictEqual([
      { kind: 'pass' },
      {
        verdict: 'pass',
        by: 'fails',
        reason,
        isShadow: false,
        rules: ['before', 'fails'],
        isFailure: true,
      },
    ]);
  });

  it('leaves nothing of what rules before it did', async () => {
    const rules = [
      { set: { topic: 'half/done', qos: 2 as const } },
      { name: 'fails', decode: 'json' as const },
    ];
    expect(await judge(rules, { payload: '{' })).toMatchObject({ verdict: 'pass', by: 'fails' });
  });

  it.each([
    ['drop', undefined, 'drop'],
    ['drop', 'pass', 'pass'],
    ['pass', 'drop', 'drop'],
    [undefined, undefined, 'pass'],
  ] as const)('with onError %s, and its own %s: %s', async (all, own, verdict) => {
    const rule = { decode: 'json' as const, ...(own && { onError: own }) };
    expect(await judge([rule], { payload: '{' }, all && { onError: all })).toMatchObject({ verdict });
  });

  it('also applies to a value that cannot be written at the end', async () => {
    const deep = { decode: 'json' as const, set: { payload: { a: { b: { c: 1 } } } } };
    expect(
      await judge([deep], { payload: '{}' }, { limits: { maxDepth: 2 }, onError: 'drop' }),
    ).toMatchObject({
      verdict: 'drop',
      reason: 'encode json: the payload nests deeper than 2 levels',
    });
  });

  it.each([
    ['at the end', [], 'pass', 'drop'],
    ['at the end, of a rule that lets it go on', [], 'drop', 'pass'],
    [
      'when a later rule reads the bytes',
      [{ encode: 'base64' as const, onError: 'pass' as const }],
      'pass',
      'drop',
    ],
    [
      'after others changed it too',
      [{ decode: 'json' as const, set: { payload: { x: 1 } } }],
      'pass',
      'drop',
    ],
  ] as const)(
    'comes from the rule that changed the value that cannot be written: %s',
    async (_, later, section, verdict) => {
      const onError = verdict;
      const deep = { decode: 'json' as const, set: { payload: { a: { b: { c: 1 } } } }, onError };
      const options = { limits: { maxDepth: 2 }, onError: section };
      expect(await judge([deep, ...later], { payload: '{}' }, options)).toMatchObject({
        verdict,
        reason: 'encode json: the payload nests deeper than 2 levels',
      });
    },
  );
});

describe('shadow mode', () => {
  it('decides and passes every message', async () => {
    const policy = await openPublish({
      mode: 'shadow',
      rules: [
        { topics: 'a', drop: 'no' },
        { topics: 'b', set: { topic: 'c' } },
      ],
    });
    const outcomes = ['a', 'b', 'x'].map((topic) => decideMessage(policy, publishInput({ topic })));
    expect(outcomes.map(({ reply }) => reply.kind)).toStrictEqual(['pass', 'pass', 'pass']);
    expect(outcomes.map(({ decision }) => [decision.verdict, decision.isShadow])).toStrictEqual([
      ['drop', true],
      ['rewrite', true],
      ['pass', true],
    ]);
    expect(outcomes.map(tell)[1]).toMatchObject({ reason: 'changed: topic' });
  });
});

describe('a check that comes to no answer', () => {
  const list = Array.from({ length: 5000 }, (_, i) => i);
  const costly = '([a-z]{1,50}){1,10}0';
  const text = 'a'.repeat(60_000);

  it.each<[string, object, unknown, string]>([
    [
      'require with a schema that recurses without end',
      { require: { schema: { $dynamicRef: '#a', $dynamicAnchor: 'a' } } },
      {},
      'require.schema: cannot be checked: recurses too deeply',
    ],
    [
      'require with else: pass',
      { require: { schema: { $dynamicRef: '#a', $dynamicAnchor: 'a' }, else: 'pass' } },
      {},
      'require.schema: cannot be checked: recurses too deeply',
    ],
    [
      'require with a pattern that takes too much work',
      { require: { schema: { properties: { text: { not: { pattern: costly } } } } } },
      { text },
      'require.schema: cannot be checked: a text is too long for its "pattern"',
    ],
    [
      'when of a drop rule that takes too much work',
      { drop: true, when: 'payload.list.all(x, payload.list.all(y, x + y < 0))' },
      { list: list.map((n) => -n - 1) },
      'when: takes too much work on this input',
    ],
    [
      'when of a drop rule with a pattern that takes too much work',
      { drop: true, when: `payload.text.matches("${costly}")` },
      { text },
      'when: takes too much work on this input',
    ],
    [
      'when of a drop rule on a value of another kind',
      { drop: true, when: 'payload.t > 90' },
      { t: 'hot' },
      'when: cannot apply _>_ to (string, int)',
    ],
    [
      'when of a drop rule that divides by zero',
      { drop: 'no', when: 'int(payload.t) / int(payload.n) > 1' },
      { t: 1, n: 0 },
      'when: divides by zero',
    ],
    [
      'when of a drop rule that converts what it cannot',
      { drop: 'no', when: 'int(payload.t) > 1' },
      { t: 'x' },
      'when: a value cannot be converted',
    ],
  ])('drops the message whatever onError says: %s', async (_, rule, payload, reason) => {
    const policy = await openPublish({
      onError: 'pass',
      limits: { maxItems: 100_000 },
      rules: [{ name: 'guard', decode: 'json', onError: 'pass', ...rule }],
    } as never);
    const { reply, decision } = decideMessage(policy, publishInput({ payload: payload as object }));
    expect(reply.kind).toBe('drop');
    expect(decision).toMatchObject({ verdict: 'drop', by: 'guard', reason, isFailure: true });
  });

  it('drops the message when nothing decoded it', async () => {
    const rules = [
      { when: 'size > 100', decode: 'json' },
      { name: 'guard', require: { schema: { type: 'object' } } },
    ] as const;
    expect(await judge(rules as never, { payload: '{}' })).toStrictEqual({
      verdict: 'drop',
      by: 'guard',
      reason: 'require.schema: no rule decoded the payload',
    });
  });

  it('of a rule that requires something still requires it, and does nothing else', async () => {
    const rules = [
      {
        name: 'guard',
        decode: 'json',
        when: 'payload.t > 90',
        require: { schema: { required: ['ok'] } },
        set: { topic: 'moved' },
        stop: true,
      },
      { name: 'behind', drop: true },
    ] as never;
    expect(await judge(rules, { payload: { t: 'x' } })).toMatchObject({ verdict: 'drop', by: 'guard' });
    expect(await judge(rules, { payload: { t: 'x', ok: 1 } })).toMatchObject({
      verdict: 'drop',
      by: 'behind',
    });
  });

  it.each([
    { set: { topic: 'moved' } },
    { stop: true },
    { require: { schema: { required: ['ok'] }, else: 'pass' } },
    { require: { schema: { required: ['ok'] }, else: 'skip' } },
  ])('makes a rule that does not drop not match: %j', async (rule) => {
    const rules = [
      { name: 'first', decode: 'json', when: 'payload.t > 90', ...rule },
      { name: 'behind', drop: true },
    ] as never;
    expect(await judge(rules, { payload: { t: 'x' } })).toMatchObject({ verdict: 'drop', by: 'behind' });
  });

  it('only logs in shadow mode', async () => {
    const policy = await openPublish({
      mode: 'shadow',
      rules: [{ decode: 'json', drop: true, when: 'payload.t > 90' }],
    });
    const { reply, decision } = decideMessage(policy, publishInput({ payload: { t: 'x' } }));
    expect(reply).toStrictEqual({ kind: 'pass' });
    expect(decision).toMatchObject({ verdict: 'drop', isShadow: true, isFailure: true });
  });
});

describe('a name that takes too much work for a regular expression', () => {
  const costly = { regex: '([a-z]{1,50}){1,10}0' };
  const headers = { username: 'a'.repeat(60_000) };
  const behind = { name: 'behind', drop: 'reached' };

  it.each<[string, object, object]>([
    [
      'is dropped by a rule that drops',
      { who: { username: costly }, drop: true },
      { verdict: 'drop', by: 'guard' },
    ],
    [
      'is dropped by a rule that drops all others',
      { who: { not: { username: costly } }, drop: true },
      { verdict: 'drop', by: 'guard' },
    ],
    [
      'must be as a rule requires',
      { who: { username: costly }, require: { qos: 2 }, stop: true },
      { verdict: 'drop', by: 'guard' },
    ],
    [
      'is not let go on by a rule that requires and stops',
      { who: { username: costly }, require: { qos: 1 }, stop: true },
      { verdict: 'drop', by: 'behind' },
    ],
    [
      'is not let go on by a rule that stops',
      { who: { username: costly }, stop: true },
      { verdict: 'drop', by: 'behind' },
    ],
    [
      'is not let go on by a rule that stops for all others',
      { who: { not: { username: costly } }, stop: true },
      { verdict: 'drop', by: 'behind' },
    ],
    [
      'is not changed',
      { who: { username: costly }, set: { topic: 'trusted/${topic}' }, stop: true },
      { verdict: 'drop', by: 'behind' },
    ],
  ])('%s', async (_, rule, expected) => {
    const rules = [{ name: 'guard', ...rule }, behind] as never;
    expect(await judge(rules, { headers, qos: 1 })).toMatchObject(expected);
  });
});
