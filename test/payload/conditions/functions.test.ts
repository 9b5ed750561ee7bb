import { describe, expect, it } from 'vitest';
import { openConditions } from '../../../src/payload/conditions/open.ts';
import type { Variables } from '../../../src/policy/condition.ts';

type Input = Readonly<Record<string, unknown>>;

const variables: Variables<Input> = { payload: (input) => input.payload };
const compile = await openConditions();

function ask(source: string, payload: unknown = {}): unknown {
  const condition = compile(source, variables);
  if ('problem' in condition) throw new Error(condition.problem);
  return condition.test({ payload });
}

const TOO_MUCH = { failure: 'takes too much work on this input' };

describe('names of types are values', () => {
  it.each([
    'type(payload.n) == double',
    'type(payload.s) == string && type(payload.s) != double',
    'type(payload.list) == list && type(payload) == map',
    'type(payload.yes) == bool && type(payload.none) == null_type',
    'type(1) == int && type(1u) == uint && type(b"a") == bytes && type(int) == type',
    'type(timestamp("2026-01-01T00:00:00Z")) == google.protobuf.Timestamp',
    'type(payload.n) in [double, int]',
  ])('%s holds', (source) => {
    expect(ask(source, { n: 1, s: 'x', list: [1], yes: true, none: null })).toBe(true);
  });

  it.each(['doubles == 1', 'google.protobuf.Any == 1'])('and no others: %s', (source) => {
    expect(compile(source, variables)).toMatchObject({
      problem: expect.stringContaining('there is no variable'),
    });
  });

  it('is hidden by a variable of that name', () => {
    const condition = compile('string == "x"', { string: () => 'x' });
    expect('test' in condition && condition.test({} as never)).toBe(true);
  });
});

describe('functions of texts', () => {
  // The examples of the strings extension of the specification, among others.
  it.each([
    '"hello hello".replace("he", "we") == "wello wello"',
    '"hello hello".replace("he", "we", -1) == "wello wello"',
    '"hello hello".replace("he", "we", 1) == "wello hello"',
    '"hello hello".replace("he", "we", 0) == "hello hello"',
    '"hello hello".replace("", "_") == "_h_e_l_l_o_ _h_e_l_l_o_"',
    '"hello".replace("", "_", 2) == "_h_ello"',
    '"aaa".replace("a", "aa") == "aaaaaa"',
    '"$1".replace("$", "$&") == "$&1"',
    '["hello", "mellow"].join() == "hellomellow"',
    '["hello", "mellow"].join(" ") == "hello mellow"',
    '[].join() == "" && [].join("/") == ""',
    '"hello hello hello".split(" ") == ["hello", "hello", "hello"]',
    '"hello hello hello".split(" ", 0) == []',
    '"hello hello hello".split(" ", 1) == ["hello hello hello"]',
    '"hello hello hello".split(" ", 2) == ["hello", "hello hello"]',
    '"hello hello hello".split(" ", -1) == ["hello", "hello", "hello"]',
    '"a😀b".split("") == ["a", "😀", "b"]',
    '"TacoCat".lowerAscii() == "tacocat" && "TacoCÆt Xii".lowerAscii() == "tacocÆt xii"',
    '"TacoCat".upperAscii() == "TACOCAT" && "TacoCÆt Xii".upperAscii() == "TACOCÆT XII"',
    '"gums".reverse() == "smug" && "a😀b".reverse() == "b😀a"',
    '"hello".charAt(4) == "o" && "hello".charAt(5) == "" && "a😀b".charAt(2) == "b"',
    '"hello mellow".indexOf("") == 0 && "hello mellow".indexOf("ello") == 1',
    '"hello mellow".indexOf("jello") == -1 && "hello mellow".indexOf("ello", 2) == 7',
    '"a😀b".indexOf("b") == 2 && "a😀b😀".indexOf("😀", 2) == 3',
    '"hello mellow".lastIndexOf("ello") == 7 && "hello mellow".lastIndexOf("ello", 6) == 1',
    '"a😀b😀".lastIndexOf("😀") == 3',
    '"tacocat".substring(4) == "cat" && "tacocat".substring(0, 4) == "taco" && "a😀b".substring(1, 2) == "😀"',
    '"  \\ttrim\\n    ".trim() == "trim" && "   ".trim() == ""',
    '"%s is %d, %.2f".format(["x", 7, 1.5]) == "x is 7, 1.50"',
    '"%x %X %o %b %e %%".format([255, 255, 8, 5, 1234.5]) == "ff FF 10 101 1.234500e+03 %"',
    '"%s".format([payload]) == "{a: [1, x], b: null}"',
  ])('%s', (source) => {
    expect(ask(source, { b: null, a: [1, 'x'] })).toBe(true);
  });

  it.each([
    '"a".charAt(2) == ""',
    '"a".substring(2) == ""',
    '"abc".substring(2, 1) == ""',
    '"abc".indexOf("a", 9) == 0',
    '[1].join() == ""',
    '"%d".format(["x"]) == ""',
    '"%d".format([]) == ""',
    '"%.999f".format([1.5]) == ""',
  ])('%s fails, and says why without the value', (source) => {
    const outcome = ask(source) as { failure: string };
    expect(outcome.failure).toMatch(/beyond the end|converted|failed|too large/);
  });
});

describe('functions of numbers', () => {
  it.each([
    'math.greatest(1, 2.5, -3) == 2.5 && math.greatest(7) == 7 && math.greatest([1, payload.n, 2]) == 2',
    'math.least(payload.n, 1) == -1.5 && math.least([3, 2]) == 2',
    'math.ceil(payload.n) == -1.0 && math.floor(payload.n) == -2.0 && math.trunc(payload.n) == -1.0',
    'math.round(1.5) == 2.0 && math.round(-1.5) == -2.0 && math.round(2.5) == 3.0 && math.round(1.2) == 1.0',
    'math.abs(payload.n) == 1.5 && math.abs(-3) == 3 && math.sign(payload.n) == -1.0 && math.sign(-7) == -1',
    'math.sqrt(81.0) == 9.0 && math.sqrt(81) == 9.0',
    'math.isNaN(0.0 / 0.0) && math.isInf(1.0 / 0.0) && math.isFinite(payload.n)',
    'math.bitAnd(5, 3) == 1 && math.bitOr(5, 3) == 7 && math.bitXor(5, 3) == 6 && math.bitNot(1) == -2',
    'math.bitShiftLeft(1, 3) == 8 && math.bitShiftLeft(1, 200) == 0 && math.bitShiftRight(-1, 60) == 15',
  ])('%s', (source) => {
    expect(ask(source, { n: -1.5 })).toBe(true);
  });

  it.each([
    'math.greatest([]) == 1',
    'math.greatest("a", 1) == 1',
    'math.abs(-9223372036854775807 - 1) == 1',
    'math.bitShiftLeft(1, -1) == 1',
  ])('%s fails', (source) => {
    expect(ask(source)).toHaveProperty('failure');
  });

  it('has only the functions of the list', () => {
    expect(compile('math.cbrt(1.0) == 1.0', variables)).toEqual({
      problem: expect.stringContaining('there is no function "math.cbrt"'),
    });
  });
});

describe('client data causes neither much work nor much text', () => {
  const long = 'a'.repeat(1_000_000);
  const many = Array.from({ length: 100_000 }, (_, i) => String(i));

  it.each<[string, unknown]>([
    ['payload.replace("a", payload) == ""', long],
    ['payload.replace("", payload) == ""', long],
    [
      'payload.t.replace("a", payload.by).replace("b", payload.by).size() > 0',
      { t: long, by: 'b'.repeat(9) },
    ],
    ['[payload.t.replace("a", payload.by)].size() == 1', { t: 'a'.repeat(1000), by: 'b'.repeat(100_000) }],
    ['payload.split("a").size() > 0', long],
    ['payload.split("").size() > 0', long],
    ['payload.join("x".replace("x", "y")).size() > 0', Array.from({ length: 400_000 }, () => 'abcdefg')],
    ['payload.items.join(payload.by).size() > 0', { items: many, by: 'b'.repeat(1000) }],
    [
      'payload.fmt.format(payload.args).size() > 0',
      { fmt: '%.3f'.repeat(100_000), args: new Array(100_000).fill(1.5) },
    ],
    ['"%s".format([payload]).size() > 0', many],
    ['"%s %s %s %s".format([payload, payload, payload, payload]).size() > 0', long],
    ['payload.reverse().size() > 0', long],
    ['payload.replace("a", "😀").indexOf("b") == 1', 'a'.repeat(100_000)],
    ['math.greatest(payload.map(x, 1.0)) > 0.0', many],
  ])('%s is not evaluated', (source, payload) => {
    expect(ask(source, payload)).toEqual(TOO_MUCH);
  });

  it.each<[string, unknown]>([
    ['payload.lowerAscii().size() == 1000000', long],
    ['payload.replace("b", "c").size() == 1000000', long],
    ['payload.split(",").size() == 1001', 'abc,'.repeat(1000)],
    ['payload.join(",").size() > 1000', many.slice(0, 10_000)],
  ])('%s is', (source, payload) => {
    expect(ask(source, payload)).toBe(true);
  });
});
