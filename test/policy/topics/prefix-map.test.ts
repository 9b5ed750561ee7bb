import { expect, test } from 'vitest';
import { PrefixMap } from '../../../src/policy/topics/prefix-map.ts';

function prefixesOf(map: PrefixMap<string>, text: string): string[] {
  const found: string[] = [];
  map.forEachPrefixOf(text, (value) => found.push(value));
  return found.sort();
}

test('a prefix map finds the values of all prefixes of a text', () => {
  const map = new PrefixMap<string>();
  expect(map.isEmpty).toBe(true);
  for (const prefix of ['', 'a', 'ab', 'b', 'abcd']) map.at(prefix, () => `<${prefix}>`);
  expect(map.isEmpty).toBe(false);
  expect(prefixesOf(map, 'abc')).toEqual(['<>', '<a>', '<ab>']);
  expect(prefixesOf(map, 'b')).toEqual(['<>', '<b>']);
  expect(prefixesOf(map, '')).toEqual(['<>']);
  expect([...map.values()]).toHaveLength(5);
});

test('a prefix map makes a value once', () => {
  const map = new PrefixMap<object>();
  expect(map.at('a', () => ({}))).toBe(map.at('a', () => ({})));
});
