import { getHeapSpaceStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { LinkedList } from '../../src/lib/linked-list.ts';
import { collect } from '../support/collect.ts';

function listOf(...items: string[]) {
  const list = new LinkedList<string>();
  return { list, links: items.map((item) => list.add(item)) };
}

describe('a linked list', () => {
  it('holds items in the order in which they came', () => {
    const { list } = listOf('a', 'b', 'c');
    expect([...list]).toStrictEqual(['a', 'b', 'c']);
    expect(list.first?.item).toBe('a');
    expect(list.size).toBe(3);
  });

  it.each([
    ['first', 0, 'bc'],
    ['middle', 1, 'ac'],
    ['last', 2, 'ab'],
  ])('takes out its %s item, once', (_where, index, left) => {
    const { list, links } = listOf('a', 'b', 'c');
    const link = links[index] as (typeof links)[number];
    expect([link.remove(), link.remove()]).toStrictEqual([true, false]);
    expect([...list].join('')).toBe(left);
    expect(list.size).toBe(2);
    list.add('d');
    expect([...list].join('')).toBe(`${left}d`);
  });

  it('is empty when the last has gone, and takes more', () => {
    const { list, links } = listOf('a', 'b');
    for (const link of links) link.remove();
    expect([list.size, list.first, [...list]]).toStrictEqual([0, undefined, []]);
    list.add('c');
    expect([...list]).toStrictEqual(['c']);
  });

  it('returns its first item until it is empty', () => {
    const { list } = listOf('a', 'b');
    expect([list.shift(), list.shift(), list.shift(), list.size]).toStrictEqual(['a', 'b', undefined, 0]);
  });

  it('returns all of its items once, and is empty then', () => {
    const { list, links } = listOf('a', 'b');
    expect(list.clear()).toStrictEqual(['a', 'b']);
    list.add('c');
    expect(links.map((link) => link.remove())).toStrictEqual([false, false]);
    expect([...list]).toStrictEqual(['c']);
  });

  it('may be changed during iteration', () => {
    const { list, links } = listOf('a', 'b', 'c');
    const seen: string[] = [];
    for (const item of list) {
      seen.push(item);
      for (const link of links) link.remove();
      if (seen.length < 3) list.add('d');
    }
    expect(seen).toStrictEqual(['a', 'b', 'c']);
    expect([...list]).toStrictEqual(['d', 'd']);
  });

  it('keeps no reference to removed items, even in old memory', () => {
    const list = new LinkedList<unknown[]>();
    list.add([]);
    // Objects that survived two young collections are old.
    for (let i = 0; i < 3; i++) collect('young');
    const oldBytes = () =>
      getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0;
    const before = oldBytes();
    for (let i = 0; i < 8_000; i++) {
      // 4 KiB each, 32 MiB in all.
      list.add(new Array(512).fill(i));
      if (list.size > 4) list.shift();
      if (i % 2_000 === 0) collect('young');
    }
    expect(oldBytes() - before).toBeLessThan(2 ** 20);
  });
});
