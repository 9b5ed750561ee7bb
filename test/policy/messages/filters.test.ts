import { describe, expect, it } from 'vitest';
import { brokerFilters } from '../../../src/policy/messages/filters.ts';

describe('the filters that a broker receives', () => {
  it.each([
    [
      [{ topics: 'a/#' }, { topics: ['b/+', 'a/b'] }],
      ['a/#', 'b/+'],
    ],
    [[{ topics: 'fleet/${clientid}/x-${username}' }], ['fleet/+/+']],
    [
      [{ topics: '${username}' }, { topics: 'x/y' }],
      ['+', 'x/y'],
    ],
    [[{ topics: { eq: 'a/b' } }, { topics: { eq: 'a/+' } }], ['a/b']],
    [[{ topics: ['a', 'a', '$x/#', '#'] }], ['$x/#', '#']],
    [[{ topics: 'a' }, {}], undefined],
    [[], []],
  ])('of %j are %j', (rules, filters) => {
    expect(brokerFilters(rules)).toStrictEqual(filters);
  });
});
