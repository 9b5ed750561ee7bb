import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { Config } from '../../src/config/schema.ts';
import { readSources } from '../../src/config/sources.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { noSources } from '../support/sources.ts';

function problemsOf(yaml: string): string[] {
  return parseYaml(yaml).problems.map(
    ({ position: { line, column }, message }) => `${line}:${column} ${message}`,
  );
}

/** Nine aliases of nine aliases of ...: 9 ** 9 values. */
function billionLaughs(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  [...'bcdefghi'].forEach((name, i) => {
    lines.push(`${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`);
  });
  return lines.join('\n');
}

describe('parseYaml', () => {
  it.each(['', '# only a comment\n', '---\n', '\uFEFF'])('reads %j as an empty mapping', (yaml) => {
    expect(parseYaml(yaml)).toMatchObject({ content: {}, problems: [] });
  });

  it('keeps the digits of integers of 64 bits, and refuses longer ones', () => {
    expect(
      parseYaml(
        'a: &x [9007199254740993, -9223372036854775808]\nb: *x\nc: 0xffffffffffffffff\nd: 9007199254740991\ne: 1e30\n',
      ).content,
    ).toStrictEqual({
      a: [9007199254740993n, -(2n ** 63n)],
      b: [9007199254740993n, -(2n ** 63n)],
      c: 2n ** 64n - 1n,
      d: Number.MAX_SAFE_INTEGER,
      e: 1e30,
    });
    expect(problemsOf('a:\n  b: 18446744073709551616\n')).toStrictEqual([
      expect.stringMatching(/^2:6 the integer has more than 64 bits .*; put it in quotes/),
    ]);
  });

  it('reads YAML 1.2, with anchors, and JSON', () => {
    expect(parseYaml('a: &x { b: off, c: 0x10 }\nd: *x\n').content).toEqual({
      a: { b: 'off', c: 16 },
      d: { b: 'off', c: 16 },
    });
    expect(parseYaml('{"a":[1,"two",null]}').content).toEqual({ a: [1, 'two', null] });
  });

  it.each<[string, object]>([
    ['b: &b { a: 1, c: { x: 1 } }\nm:\n  <<: *b\n  d: 2', { a: 1, c: { x: 1 }, d: 2 }],
    ['b: &b { a: 1 }\nm:\n  a: 7\n  <<: *b', { a: 7 }],
    ['b: &b { a: 1 }\nm:\n  <<: *b\n  a: 7', { a: 7 }],
    ['b: &b { a: 1 }\nm:\n  <<: [*b, { a: 9, z: 3 }]', { a: 1, z: 3 }],
    ['b: &b { a: 1 }\nc: &c { <<: *b, d: 2 }\nm: { <<: *c }', { a: 1, d: 2 }],
    ['m: { <<: { a: 1 } }', { a: 1 }],
    // In quotes it is a key like others.
    ['m: { "<<": { a: 1 } }', { '<<': { a: 1 } }],
  ])('follows merge keys: %j', (yaml, m) => {
    expect(parseYaml(yaml)).toMatchObject({ problems: [] });
    expect((parseYaml(yaml).content as { m: unknown }).m).toEqual(m);
  });

  it('finds the place of a key that another mapping brought', () => {
    const { locate } = parseYaml('b: &b\n  a: 1\nm:\n  <<: *b\n  d: 2\n');
    expect(locate(['m', 'a'], 'key')).toEqual({ line: 2, column: 3 });
    expect(locate(['m', 'd'], 'key')).toEqual({ line: 5, column: 3 });
  });

  it.each([
    ['m: { <<: secret }', '1:6 << must refer to a mapping or a list of mappings; write such as <<: *name'],
    ['m: { <<: [1] }', '1:6 << must refer to a mapping or a list of mappings; write such as <<: *name'],
    ['m: { <<: null }', '1:6 << must refer to a mapping or a list of mappings; write such as <<: *name'],
    ['m: { <<: *secret }', '1:10 the alias has no anchor; define it above'],
    ['b: &b { a: 1 }\nm:\n  <<: *b\n  <<: { c: 1 }', '4:3 this key is written twice; remove one of the two'],
    ['b: &b { a: 1 }\nm:\n  <<: *b\n  a: 2\n  a: 3', '5:3 this key is written twice; remove one of the two'],
    ['b: &b { a: 1, a: 2 }\nm: { <<: *b }', '1:15 this key is written twice; remove one of the two'],
    ['a: &a\n  <<: *a\n  b: 1', '1:1 aliases repeat more than 100 values; write the values out'],
    [
      [
        'a: &a { x: 1 }',
        ...[...'bcdefgh'].map(
          (name, i) => `${name}: &${name} { <<: [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}] }`,
        ),
      ].join('\n'),
      '1:1 aliases repeat more than 100 values; write the values out',
    ],
  ])('merge keys cannot bypass a check: %.30j', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([problem]);
  });

  it.each([
    ['a: 1\nb: 2\na: secret', '3:1 this key is written twice; remove one of the two'],
    ['a: 1\n---\nb: secret', '2:1 a second document begins here; write one document, without "---"'],
    ['a: *secret', '1:4 the alias has no anchor; define it above'],
    ['a: !secret x', '1:4 the tag is not known; remove it'],
    ['a: !!binary c2VjcmV0', '1:4 the tag is not known; remove it'],
    ['a: "secret', '1:11 a closing quote or bracket, a ":" or a "," is missing; add it'],
    ['a:\n\tb: secret', '2:1 tabs cannot indent; use spaces'],
    ['a: @secret', '1:4 a value cannot begin with this character; put it in quotes'],
    ['a: b: secret', '1:4 a second key on one line; put it on a line of its own, or put the value in quotes'],
    [
      'a: "\\q secret"',
      '1:5 the escape sequence is not known; write \\\\ for a backslash, or use single quotes',
    ],
    ['? [secret]\n: 1', '1:3 a key must be text; write a name'],
    ['- a\nsecret', '2:1 this was not expected here; is a ":", a "-" or a quote missing before it?'],
    ['['.repeat(20_000), expect.stringMatching(/ this is nested too deeply; use fewer levels$/)],
    [billionLaughs(), '1:1 aliases repeat more than 100 values; write the values out'],
  ])('reports %.20j without what stands there', (yaml, problem) => {
    const problems = problemsOf(yaml);
    expect(problems).toContainEqual(problem);
    expect(problems.join()).not.toContain('secret');
  });

  it('keeps the content beside a key written twice, and no content that is in doubt', () => {
    expect(parseYaml('a: 1\na: 2').content).toEqual({ a: 2 });
    expect(parseYaml('a: 1\nb: [').content).toBeUndefined();
    expect(parseYaml(billionLaughs()).content).toBeUndefined();
  });
});

describe('locate', () => {
  const document = parseYaml('a:\n  b: 1\n  c: [x,\n    y]\nd: &d { e: 2 }\nf: *d\ng:\n');

  it.each<[PropertyKey[], 'key' | 'value', [number, number]]>([
    [[], 'value', [1, 1]],
    [['a', 'b'], 'key', [2, 3]],
    [['a', 'b'], 'value', [2, 6]],
    [['a', 'c', 1], 'value', [4, 5]],
    [['f'], 'value', [6, 4]],
    [['f', 'e'], 'value', [5, 12]],
    [['a', 'missing'], 'value', [2, 3]],
    [['g'], 'value', [7, 3]],
  ])('%j: its %s', (path, part, [line, column]) => {
    expect(document.locate(path, part)).toEqual({ line, column });
  });
});

describe('whatever a file holds', () => {
  function expectResult(text: string): void {
    const { config, problems } = loadConfig(noSources, { path: 'f', document: parseYaml(text) });
    if (config === undefined) expect(problems?.length).toBeGreaterThan(0);
    else expect(Config.safeParse(config).success).toBe(true);
  }

  const names = fc.constantFrom(
    'listen',
    'port',
    'limits',
    'hooks',
    'register',
    'hook',
    'topics',
    'custom',
    '__proto__',
  );
  const keyed = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        1,
        -1,
        null,
        true,
        '',
        'off',
        '5s',
        '1MiB',
        'message.publish',
        'client.authorize',
      ),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(names, tie('node'), { maxKeys: 4 }),
    ),
  })).node;

  it('it becomes a configuration or problems: any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expectResult(JSON.stringify(value))));
  });

  it('it becomes a configuration or problems: our keys in any order and depth', () => {
    fc.assert(
      fc.property(keyed, (value) => expectResult(JSON.stringify(value))),
      { numRuns: 500 },
    );
  });

  it('it becomes a configuration or problems: any text', () => {
    const yamlish = fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>"\'#%@,? \n\t\\\0\u{1f600}') });
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), yamlish), expectResult), { numRuns: 500 });
  });

  it('arguments and variables become a configuration or problems too', () => {
    const flag = fc.oneof(
      fc.string(),
      fc.constantFrom('--port', '--no-listen-connect', '--', '-', '--=', '--__proto__'),
    );
    fc.assert(
      fc.property(fc.array(flag), fc.string(), (argv, PORT) => {
        const { config, problems } = loadConfig(readSources(argv, { PORT }), undefined);
        expect(config === undefined ? problems?.length : 1).toBeGreaterThan(0);
      }),
    );
  });
});
