import { describe, expect, it } from 'vitest';
import { unionOfTopics } from '../../src/config/topic-union.ts';

describe('the union of topic filters', () => {
  it.each<[string[][], string[]]>([
    [
      [['a'], ['b']],
      ['a', 'b'],
    ],
    [
      [['a', 'b'], ['b']],
      ['a', 'b'],
    ],
    [[['a/#'], ['a/b', 'a/+']], ['a/#']],
    [
      [['a/b'], ['a/+', 'c']],
      ['a/+', 'c'],
    ],
    [
      [['#'], ['$x/y', 'a']],
      ['#', '$x/y'],
    ],
    [[['+/#'], ['#']], ['+/#']],
    [[['a'], []], []],
    [[], []],
  ])('of %j is %j', (lists, union) => {
    expect(unionOfTopics(...lists)).toEqual(union);
  });
});
