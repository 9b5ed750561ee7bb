import { describe, expect, it } from 'vitest';
import { LruMap } from '../../src/lib/lru.ts';

describe('LruMap', () => {
  it('drops the entry that was not used for longest', () => {
    const map = new LruMap<string, number>(2);
    expect(map.set('a', 1)).toBe(false);
    expect(map.set('b', 2)).toBe(false);
    expect(map.get('a')).toBe(1);
    expect(map.set('c', 3)).toBe(true);
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2]);
  });

  it('replaces without dropping', () => {
    const map = new LruMap<string, number>(1);
    map.set('a', 1);
    expect(map.set('a', 2)).toBe(false);
    expect(map.get('a')).toBe(2);
    expect(map.delete('a')).toBe(true);
    map.set('b', 1);
    map.clear();
    expect(map.size).toBe(0);
  });

  it('holds a limited number of bytes, and drops as many entries as have to go', () => {
    const map = new LruMap<string, string>(10, { max: 10, of: (text) => text.length });
    map.set('a', 'xxx');
    map.set('b', 'xxx');
    map.set('c', 'xxx');
    map.get('a');
    expect(map.set('d', 'xxxxx')).toBe(true);
    expect([map.get('a'), map.get('b'), map.get('c'), map.get('d'), map.bytes]).toEqual([
      'xxx',
      undefined,
      undefined,
      'xxxxx',
      8,
    ]);
    map.set('d', 'x');
    expect(map.bytes).toBe(4);
    map.delete('a');
    expect(map.bytes).toBe(1);
    map.clear();
    expect([map.size, map.bytes]).toEqual([0, 0]);
  });

  it('does not keep an item that is too large by itself', () => {
    const map = new LruMap<string, string>(10, { max: 10, of: (text) => text.length });
    expect(map.set('a', 'x'.repeat(11))).toBe(true);
    expect([map.size, map.bytes]).toEqual([0, 0]);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to hold %s entries', (max) => {
    expect(() => new LruMap(max)).toThrow(RangeError);
  });
});
