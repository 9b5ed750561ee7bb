import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LIST_ITEMS } from '../../../src/protocol/schema/list-limit.ts';
import { parseErlangPairs, splitUserProperties } from '../../../src/protocol/wire/user-property.ts';

const pairsOf = (...pairs: [string, string][]) => pairs.map(([name, value]) => ({ name, value }));

describe('parseErlangPairs', () => {
  it.each<[what: string, term: string, ...pairs: [string, string][]]>([
    ['no pair', '[]'],
    ['one pair', '[{<<"up1">>,<<"v1">>}]', ['up1', 'v1']],
    ['pairs in order, the same name twice', '[{<<"a">>,<<"1">>},{<<"a">>,<<"2">>}]', ['a', '1'], ['a', '2']],
    ['empty binaries', '[{<<>>,<<"">>}]', ['', '']],
    [
      'space as the pretty printer puts it',
      '[{<<"a">>,\n  <<"b">>},\n {<<"c">>,<<"d">>}]',
      ['a', 'b'],
      ['c', 'd'],
    ],
    ['space around everything', ' [ { <<"a">> , <<"b">> } ] ', ['a', 'b']],
    ['UTF-8 text as numbers', '[{<<"site">>,<<229,140,151>>}]', ['site', '北']],
    ['numbers over several lines', '[{<<"s">>,<<229,140,\n   151>>}]', ['s', '北']],
    ['text with /utf8', '[{<<"site"/utf8>>,<<"北"/utf8>>}]', ['site', '北']],
    ['Latin-1 that is UTF-8', '[{<<"k">>,<<"Ã©">>}]', ['k', 'é']],
    ['an escaped quote', String.raw`[{<<"a\"b">>,<<"\"">>}]`, ['a"b', '"']],
    ['an escaped backslash', String.raw`[{<<"a\\">>,<<"\\\\">>}]`, ['a\\', '\\\\']],
    [
      'white space in escapes',
      String.raw`[{<<"\t\n\r\s">>,<<"\b\f\v\e\d">>}]`,
      ['\t\n\r ', '\b\f\v\x1b\x7f'],
    ],
    ['octal escapes', String.raw`[{<<"\101">>,<<"\0\7x">>}]`, ['A', '\0\x07x']],
    ['hexadecimal escapes', String.raw`[{<<"\x{41}">>,<<"\x{5317}"/utf8>>}]`, ['A', '北']],
    ['an escape of an ordinary letter', String.raw`[{<<"\q">>,<<"\'">>}]`, ['q', "'"]],
    ['what looks like the end within quotes', '[{<<"a\\">>,<<">>">>}]'.replace('\\', ''), ['a', '>>']],
    ['what looks like a pair within quotes', String.raw`[{<<"}, {">>,<<"<<\"x\">>">>}]`, ['}, {', '<<"x">>']],
    ['a line break within quotes', '[{<<"a\nb">>,<<"c">>}]', ['a\nb', 'c']],
    ['bytes that are not UTF-8, marked as such', '[{<<"a">>,<<255>>}]', ['a', '\ufffd']],
    // [MQTT-1.5.4-3]
    ['a leading U+FEFF, which is text', '[{<<239,187,191,97>>,<<"\ufeffb"/utf8>>}]', ['\ufeffa', '\ufeffb']],
  ])('reads %s', (_what, term, ...pairs) => {
    expect(parseErlangPairs(term)).toStrictEqual(pairsOf(...pairs));
  });

  it.each([
    '',
    '[',
    ']',
    '[]x',
    'x[]',
    '{<<"a">>,<<"b">>}',
    '[{<<"a">>,<<"b">>}',
    '[{<<"a">>,<<"b">>},]',
    '[,{<<"a">>,<<"b">>}]',
    '[{<<"a">>,<<"b">>}{<<"c">>,<<"d">>}]',
    '[{<<"a">>,<<"b">>},,{<<"c">>,<<"d">>}]',
    '[{<<"a">>}]',
    '[{<<"a">>,<<"b">>,<<"c">>}]',
    '[{"a",<<"b">>}]',
    '[{a,<<"b">>}]',
    '[{<<"a>>,<<"b">>}]',
    '[{<<"a">>,<<"b>>}]',
    '[{<<256>>,<<"b">>}]',
    '[{<<1,,2>>,<<"b">>}]',
    '[{<<1,>>,<<"b">>}]',
    '[{<<1 2>>,<<"b">>}]',
    '[{<<-1>>,<<"b">>}]',
    '[{<<1.5>>,<<"b">>}]',
    '[{<<"北">>,<<"characters without /utf8 are not bytes">>}]',
    '[{<<"a">>,<<"b"/latin1>>}]',
    '[{<<"a">>,<<"b">>}|tail]',
    'up1=v1',
    '{"up1":"v1"}',
    'null',
  ])('does not guess what %j may mean', (term) => {
    expect(parseErlangPairs(term)).toBeUndefined();
  });

  it('reads at most as many pairs as a list may have, and one more to detect the rest', () => {
    const pairs = (count: number) => `[${Array<string>(count).fill('{<<"a">>,<<1,2>>}').join(',')}]`;
    expect(parseErlangPairs(pairs(MAX_LIST_ITEMS))).toHaveLength(MAX_LIST_ITEMS);
    expect(parseErlangPairs(pairs(MAX_LIST_ITEMS + 1))).toHaveLength(MAX_LIST_ITEMS + 1);
    expect(parseErlangPairs(pairs(MAX_LIST_ITEMS + 100))).toHaveLength(MAX_LIST_ITEMS + 1);
  });

  it.each([
    ['<< 1 , 22\n,\t3 >>', '\x01\x16\x03'],
    ['<<065,0000066>>', 'AB'],
    [`<<${Array<string>(300).fill('65').join(',')}>>`, 'A'.repeat(300)],
  ])('reads the numbers of %s', (term, text) => {
    expect(parseErlangPairs(`[{<<"a">>,${term}}]`)).toStrictEqual(pairsOf(['a', text]));
  });

  const erlang = (text: string) =>
    /^[\x20-\x7e]*$/.test(text)
      ? `<<"${text.replace(/["\\]/g, '\\$&')}">>`
      : `<<${Array.from(new TextEncoder().encode(text)).join(',')}>>`;

  it('reads back whatever Erlang prints', () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (pairs) => {
        const term = `[${pairs.map(([name, value]) => `{${erlang(name)},${erlang(value)}}`).join(',')}]`;
        expect(parseErlangPairs(term)).toStrictEqual(pairsOf(...pairs));
      }),
    );
  });

  it('takes any text without throwing', () => {
    const shards = fc.constantFrom('[', ']', '{', '}', '<<', '>>', '"', ',', '\\', '/utf8', '1', 'a', ' ');
    const text = fc.oneof(
      fc.string(),
      fc.array(shards).map((parts) => `[${parts.join('')}]`),
    );
    fc.assert(
      fc.property(text, (term) => void parseErlangPairs(term)),
      { numRuns: 500 },
    );
  });

  // Each of these would take hours if matching were not linear.
  const N = 4_000_000;
  it.each<[what: string, term: () => string]>([
    ['quotes that never end', () => `[{<<"${'a'.repeat(N)}]`],
    ['a text of 4 MB', () => `[{<<"${'a'.repeat(N)}">>,<<"b">>}]`],
    ['escapes that never end', () => `[{<<"${'\\n'.repeat(N / 2)}]`],
    ['backslashes', () => `[{<<"${'\\'.repeat(N)}">>]`],
    ['numbers that never end', () => `[{<<${'1,'.repeat(N / 2)}]`],
    ['space', () => `[{${' '.repeat(N)}x]`],
    ['space around', () => `${' '.repeat(N / 2)}x${' '.repeat(N / 2)}`],
    ['pairs that end badly', () => `[${'{<<"a">>,<<"b">>},'.repeat(N / 18)}x]`],
  ])('takes hostile input in its stride: %s', (_what, term) => {
    expect(() => parseErlangPairs(term())).not.toThrow();
  });
});

it('does not try to read a text longer than any packet, which would overflow the matcher', () => {
  expect(parseErlangPairs(`[{<<"${'a'.repeat(16_000_000)}">>,<<"b">>}]`)).toBeUndefined();
});

describe('splitUserProperties', () => {
  const other = { name: 'Receive-Maximum', value: '10' };
  const entry = (value: string) => ({ name: 'User-Property', value });

  it('takes the entry out and leaves the other properties', () => {
    const request = { props: [entry('[{<<"a">>,<<"b">>}]'), other], kept: 1 };
    expect(splitUserProperties(request)).toStrictEqual({
      props: [other],
      kept: 1,
      userProps: pairsOf(['a', 'b']),
    });
  });

  it.each([
    ['there is none', [other]],
    ['there is nothing', []],
    ['it cannot be read', [entry('unreadable'), other]],
    ['its name is spelt otherwise', [{ name: 'user-property', value: '[]' }]],
  ])('leaves everything in its place when %s', (_when, props) => {
    expect(splitUserProperties({ props })).toStrictEqual({ props, userProps: [] });
  });

  it('does not change the request', () => {
    const props = Object.freeze([Object.freeze(entry('[]'))]) as unknown as { name: string; value: string }[];
    expect(splitUserProperties(Object.freeze({ props }))).toStrictEqual({ props: [], userProps: [] });
  });
});
