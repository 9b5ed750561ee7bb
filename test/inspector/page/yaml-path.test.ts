import { describe, expect, it } from 'vitest';
import { describeAt, keysAt, schemasAt, valuesAt } from '../../../web/inspector/policy/schema.ts';
import { findLine, parsePath, readPaths } from '../../../web/inspector/policy/yaml-path.ts';
import { samplePolicy, sampleSchema } from '../../support/inspector/sample-policy.ts';

const show = (text: string) => readPaths(text).map(({ line, path }) => `${line} ${path.join('/')}`);

describe('the paths of the lines of YAML', () => {
  it.each([
    ['keys below keys', 'a:\n  b: 1\n  c:\n    d: 2\ne: 3', ['0 a', '1 a/b', '2 a/c', '3 a/c/d', '4 e']],
    ['items', 'a:\n  - x: 1\n    y: 2\n  - x: 3', ['0 a', '1 a/0/x', '2 a/0/y', '3 a/1/x']],
    ['items with the indent of their key', 'a:\n- x: 1\n- x: 2\nb: 3', ['0 a', '1 a/0/x', '2 a/1/x', '3 b']],
    ['items of items', 'a:\n  - - x\n    - y', ['0 a', '1 a/0/0', '2 a/0/1']],
    ['comments and blank lines', '# a:\n\na:\n  # b: 1\n  c: 2', ['2 a', '4 a/c']],
    ['texts in several lines', 'a: |\n  b: 1\n  c: 2\nd: 3', ['0 a', '3 d']],
    ['quoted keys', '"a b": 1\n\'c\':\n  d: 2', ['0 a b', '1 c', '2 c/d']],
    ['a key that is being typed', 'a:\n  - b: 1\n    being:', ['0 a', '1 a/0/b', '2 a/0/being']],
    ['values with colons', 'a: http://x:1\nb: 2', ['0 a', '1 b']],
    ['an indent that fits nothing', 'a:\n    b: 1\n  c: 2', ['0 a', '1 a/b', '2 a/c']],
  ])('are found for %s', (_, text, paths) => {
    expect(show(text)).toStrictEqual(paths);
  });

  it('lead from a problem to its line', () => {
    expect(findLine(samplePolicy, 'authorize.rules[1].topics')).toBe(14);
    expect(findLine(samplePolicy, 'publish.rules[0]')).toBe(20);
    expect(findLine(samplePolicy, 'publish.rules[7]')).toBeUndefined();
    expect(parsePath('a.b[2][0].c-d')).toStrictEqual(['a', 'b', 2, 0, 'c-d']);
  });
});

describe('the schema of the configuration', () => {
  it('says which keys fit at a path', () => {
    expect(keysAt(sampleSchema, ['authorize']).map(({ label }) => label)).toStrictEqual(['mode', 'rules']);
    expect(keysAt(sampleSchema, ['authorize', 'rules', 3])[1]).toStrictEqual({
      label: 'allow',
      description: 'What the rule allows.',
    });
    expect(keysAt(sampleSchema, ['nothing', 'here'])).toStrictEqual([]);
  });

  it('says which values fit, and what a key means', () => {
    const values = valuesAt(sampleSchema, ['authorize', 'rules', 0, 'allow']);
    expect(values.map(({ label }) => label)).toStrictEqual(['publish', 'subscribe', 'all']);
    expect(describeAt(sampleSchema, ['authorize', 'mode'])).toBe(
      'Whether decisions are made or only logged. Default: "enforce".',
    );
  });

  it('ends where schemas refer to themselves', () => {
    const root = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } };
    expect(schemasAt(root, ['x'])).toStrictEqual([]);
  });
});
