import { describe, expect, it } from 'vitest';
import { formatPath, parsePath, readPath, removePath, writePath } from '../../../src/policy/messages/path.ts';

const pathOf = (source: string) => {
  const path = parsePath(source);
  if ('problem' in path) throw new Error(path.problem);
  return path;
};

describe('parsePath', () => {
  it.each([
    ['a', ['a']],
    ['a.b-c.d_e', ['a', 'b-c', 'd_e']],
    ['list[0].x', ['list', 0, 'x']],
    ['[2][3]', [2, 3]],
    ['["a.b"].c', ['a.b', 'c']],
    ['a["x \\" y"]', ['a', 'x " y']],
    ['0', ['0']],
    ['größe', ['größe']],
    ['', []],
  ])('reads %j, and writes it again', (source, path) => {
    expect(parsePath(source)).toStrictEqual(path);
    expect(parsePath(formatPath(path))).toStrictEqual(path);
  });

  it.each([
    '.a',
    'a.',
    'a..b',
    'a[',
    'a[-1]',
    'a[x]',
    'a b',
    'a]',
    '["a',
    '[0]b',
    '__proto__',
    'a["__proto__"]',
  ])('refuses %j', (source) => {
    expect(parsePath(source)).toHaveProperty('problem');
  });
});

const value = { a: { b: [1, { c: 2 }] }, n: null, text: 'abc', bytes: new Uint8Array([1]) };

describe('readPath', () => {
  it.each([
    ['', value],
    ['a.b[1].c', 2],
    ['n', null],
  ])('%j is there', (source, expected) => {
    expect(readPath(value, pathOf(source))).toStrictEqual(expected);
  });

  it.each([
    'b',
    'a.c',
    'a.b[2]',
    'a.b.x',
    'n.x',
    'text.length',
    'text[0]',
    'bytes[0]',
    'a.b.length',
    'toString',
    'constructor.name',
  ])('%s is not', (source) => {
    expect(readPath(value, pathOf(source))).toBeUndefined();
  });
});

describe('writePath and removePath', () => {
  it('leave the value as it was', () => {
    const before = structuredClone(value);
    expect(writePath(value, pathOf('a.b[1].d'), 3)).toStrictEqual({
      ...value,
      a: { b: [1, { c: 2, d: 3 }] },
    });
    expect(removePath(value, pathOf('a.b[0]'))).toStrictEqual({ ...value, a: { b: [{ c: 2 }] } });
    expect(value).toStrictEqual(before);
  });

  it('make objects on the way, and only objects', () => {
    expect(writePath({}, pathOf('a.b.c'), 1)).toStrictEqual({ a: { b: { c: 1 } } });
    expect(() => writePath({ a: 1 }, pathOf('a.b'), 1)).toThrow('payload a is not an object');
    expect(() => writePath('text', pathOf('a'), 1)).toThrow('the payload is not an object');
    expect(() => writePath({ a: [] }, pathOf('a[0]'), 1)).toThrow('payload a[0] is not there');
    expect(() => writePath({ b: new Uint8Array(1) }, pathOf('b[0]'), 1)).toThrow(
      'payload b is not an object',
    );
  });

  it('cannot touch a prototype', () => {
    const made = writePath({}, ['toString'], 'x') as object;
    expect(Object.hasOwn(made, 'toString')).toBe(true);
    expect(removePath({ a: 1 }, pathOf('toString'))).toStrictEqual({ a: 1 });
  });

  it('take nothing away where nothing is', () => {
    for (const source of ['x', 'a.x', 'a.b[9]', 'a.b.x', 'n.x', 'text.x'])
      expect(removePath(value, pathOf(source))).toStrictEqual(value);
    expect(removePath(value, [])).toBe(value);
  });
});
