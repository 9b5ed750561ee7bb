import { describe, expect, it } from 'vitest';
import { openConditions } from '../../../src/payload/conditions/open.ts';
import type { Variables } from '../../../src/policy/condition.ts';

type Input = Readonly<Record<string, unknown>>;

const variables: Variables<Input> = Object.fromEntries(
  ['payload', 'topic', 'qos', 'tags'].map((name) => [name, (input: Input) => input[name]]),
);
const compile = await openConditions();

function ask(source: string, input: Input): unknown {
  const condition = compile(source, variables);
  if ('problem' in condition) throw new Error(condition.problem);
  return condition.test(input);
}

const payload = {
  t: 21.5,
  n: 3,
  name: 'abc',
  list: [1, 2, 3],
  rows: [{ v: 1 }, { v: 9 }],
  site: { open: true },
  big: 9007199254740993n,
  nothing: null,
  bytes: new Uint8Array([1, 2]),
};
const input = { payload, topic: 'plant/4/temp', qos: 1n, tags: { site: 'north' } };

describe('a condition', () => {
  it.each([
    'payload.t > 20',
    'payload.n == 3',
    'payload.n + 1 == 4',
    '2 * payload.t == 43.0',
    'payload.n / 2 == 1.5 && 1 - payload.n == -2',
    'qos in [1, 2]',
    'payload.name.matches("^a.c$")',
    '!payload.name.matches("^b")',
    'topic.startsWith("plant/") && topic.endsWith("/temp")',
    'topic.split("/")[1] == "4"',
    'topic.substring(6, 7) == "4"',
    'payload.name.upperAscii().lowerAscii().trim().indexOf("c") == 2',
    'payload.list.all(x, x > 0)',
    'payload.rows.exists(row, row.v > 8)',
    'payload.rows.filter(row, row.v > 8).size() == 1',
    'payload.rows.map(row, row.v + 1)[1] == 10',
    'payload.rows.exists_one(row, payload.list.exists(x, row.v == x))',
    'payload.site.open',
    'payload.site == {"open": true}',
    'payload.list == [1, 2, 3]',
    'payload.list[payload.n - 1] == 3',
    'has(payload.site) && !has(payload.other)',
    '"open" in payload.site && !("shut" in payload.site)',
    'payload.nothing == null',
    'payload.big == 9007199254740993',
    'payload.bytes == b"\\x01\\x02"',
    'size(payload.bytes) == 2 && size(payload) == 9',
    'tags.site == "north"',
    'payload.exists(key, key == "t")',
    'payload.t > 100 ? false : true',
    'true || payload.missing',
  ])('%s holds', (source) => {
    expect(ask(source, input)).toBe(true);
  });

  it('names its variables, and those alone are read', () => {
    const read: string[] = [];
    const watched: Variables<Input> = Object.fromEntries(
      ['payload', 'topic', 'qos'].map((name) => [name, (given: Input) => read.push(name) && given[name]]),
    );
    const condition = compile('topic == "a" && ["x"].all(qos, qos == "x")', watched);
    expect(condition).toMatchObject({ uses: new Set(['topic']) });
    if ('test' in condition) condition.test(input);
    expect(read).toStrictEqual(['topic']);
  });
});

describe('an expression that is wrong', () => {
  it.each([
    ['', 'column 1: cannot be read as CEL from here: the end of the text'],
    ['qos = 1', 'column 5: cannot be read as CEL from here: "= 1"'],
    ['qos == 1 &&', 'column 10: cannot be read as CEL from here: "&&"'],
    ['qos == 1\n  && $', 'line 2, column 3: cannot be read as CEL from here: "&& $"'],
    [`qos == ${'('.repeat(50)}`, `column 5: cannot be read as CEL from here: "== ${'('.repeat(21)}..."`],
    ['1 + quos', 'column 5: there is no variable "quos"; there are payload, topic, qos, tags'],
    ['payload.all(x, y)', 'column 16: there is no variable "y"; there are payload, topic, qos, tags'],
    ['qos > 0 && fetch("x")', 'column 12: there is no function "fetch"'],
    ['payload.name.quote("", payload.name) == ""', 'column 13: there is no function "quote"'],
    ['strings.quote("x") == ""', 'column 8: there is no function "quote"'],
    ['google.protobuf.Duration{} == qos', 'column 1: messages cannot be created here'],
    ['topic.matches(payload.name)', 'column 22: the pattern of matches() must be a text in quotes'],
    ['topic.matches("(")', expect.stringMatching(/^column 15: the pattern of matches\(\) /)],
    [`"${'x'.repeat(5000)}" == topic`, 'is longer than 4096 characters'],
    ['('.repeat(2000), expect.stringMatching(/nests too deeply|cannot be read/)],
    [`${'['.repeat(1000)}${']'.repeat(1000)} == payload`, expect.stringMatching(/nests|cannot be read/)],
  ])('%j is refused with its place', (source, problem) => {
    expect(compile(source, variables)).toStrictEqual({ problem });
  });
});

describe('an expression that fails', () => {
  it.each([
    ['payload.missing > 1', 'a field that it names is not there'],
    ['payload.missing.deeper', 'a field that it names is not there'],
    ['payload.toString == "x"', 'a field that it names is not there'],
    ['payload.constructor == "x"', 'a field that it names is not there'],
    ['payload[payload.name]', 'a field that it names is not there'],
    ['payload.list[7] == 1', 'an index is beyond the end of a list'],
    ['payload.name > 3', 'cannot apply _>_ to (string, int)'],
    ['qos / (qos - qos) == 1', 'divides by zero'],
    ['qos % (qos - qos) == 1', 'divides by zero'],
    ['int(payload.name) == 1', 'a value cannot be converted'],
    ['timestamp(payload.name) == timestamp(payload.name)', 'a value cannot be converted'],
    ['payload.n.all(x, true)', 'loops over something that is neither a list nor a map'],
    ['payload.t', 'its result is neither true nor false'],
    ['payload.big * payload.big * payload.big == 1', 'a number is too large'],
  ])('%s says why, and no value', (source, failure) => {
    expect(ask(source, input)).toStrictEqual({ failure });
  });

  it('is not brought about by keys that mean something to a library', () => {
    const odd = {
      $typeName: 'google.protobuf.Any',
      constructor: 'x',
      value: { $typeName: 'google.protobuf.Struct', fields: { a: 1 } },
      list: [{ $typeName: 'google.protobuf.StringValue', value: 'other' }],
      typeUrl: '',
    };
    expect(ask('payload.constructor == "x" && payload.value.fields.a == 1', { payload: odd })).toBe(true);
    expect(ask('payload.list[0] != "other"', { payload: odd })).toBe(true);
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(ask('payload.a == 1', { payload: bare })).toBe(true);
  });
});

describe('the work of an evaluation is bounded', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  const some = many.slice(0, 5000);
  const long = 'a'.repeat(900_000);
  const work = { failure: 'takes too much work on this input' };

  it.each([
    ['a loop over 100,000 items', 'payload.list.all(x, x >= 0)', { list: many }],
    ['a long list made of another', 'payload.list.filter(x, x >= 0).map(x, x).size() > 0', { list: some }],
    ['a loop in a loop', 'payload.list.all(x, payload.list.all(y, x + y >= 0))', { list: some }],
    [
      'three of them',
      'payload.list.exists(x, payload.list.exists(y, payload.list.exists(z, x + y + z < 0)))',
      { list: some.slice(0, 200) },
    ],
    ['a pattern over a long text', 'payload.text.matches("(a|b|ab)*c")', { text: long }],
    [
      'a large pattern over a text that is not short',
      'payload.text.matches("([a-z]{1,50}){1,10}0")',
      { text: long.slice(0, 1000) },
    ],
    [
      'a large pattern over many short texts',
      'payload.list.exists(x, x.matches("([a-z]{1,50}){1,10}0"))',
      { list: some.slice(0, 10).map(() => long.slice(0, 100)) },
    ],
    [
      'a text searched again and again',
      'payload.list.exists(x, payload.text.contains(x))',
      { text: long, list: some.map(String) },
    ],
    [
      'two lists compared again and again',
      'payload.list.all(x, payload.big == payload.other)',
      { list: some, big: many, other: [...many] },
    ],
    ['a search in a list, again and again', 'payload.list.all(x, x in payload.list)', { list: some }],
  ])('%s', (_, source, given) => {
    expect(ask(source, { payload: given })).toStrictEqual(work);
  });

  it.each([
    ['a large pattern over a short text', '!payload.text.matches("([a-z]{1,50}){1,10}0")', { text: 'aaa' }],
    [
      'a small pattern over a long text',
      '!payload.text.matches("^[a-z]+0$")',
      { text: long.slice(0, 90_000) },
    ],
    [
      'a loop over 1,000 items, twice',
      'payload.list.filter(x, x >= 0).map(x, x).size() == 1000',
      { list: some.slice(0, 1000) },
    ],
    ['a loop over 5,000 items', 'payload.list.exists(x, x == 4999)', { list: some }],
    ['one comparison of long lists', 'payload.big == payload.other', { big: many, other: [...many] }],
    ['a search in a long text', 'payload.text.contains("b") == false', { text: long }],
  ])('%s is not a problem', (_, source, given) => {
    expect(ask(source, { payload: given })).toBe(true);
  });

  it('and what one evaluation spent, the next one has again', () => {
    const condition = compile('payload.list.all(x, x >= 0)', variables);
    if ('problem' in condition) throw new Error(condition.problem);
    for (let i = 0; i < 5; i++) expect(condition.test({ payload: { list: some } })).toBe(true);
    expect(condition.test({ payload: { list: many } })).toStrictEqual(work);
    expect(condition.test({ payload: { list: some } })).toBe(true);
  });
});
