import { describe, expect, it } from 'vitest';
import { eventOf } from '../../../src/core/hooks/event-of.ts';
import { isShortened, MAX_LIST_ITEMS, withinLimit } from '../../../src/protocol/schema/list-limit.ts';

const listOf = (length: number) => Array.from({ length }, (_, i) => ({ name: `${i}`, value: '' }));

describe('withinLimit', () => {
  it('leaves data alone whose lists are within the limit', () => {
    const data = { props: [], userProps: listOf(MAX_LIST_ITEMS), topicFilters: listOf(1), other: 1 };
    expect(withinLimit(data)).toBe(data);
    expect(isShortened(data.userProps)).toBe(false);
  });

  it('leaves data of other shapes alone', () => {
    for (const data of [{}, { userProps: undefined }, { props: null }, { topicFilters: 7 }])
      expect(withinLimit(data)).toBe(data);
  });

  it.each(['props', 'userProps', 'topicFilters'])(
    'keeps the first items of a longer %s, and says so',
    (name) => {
      const long = listOf(MAX_LIST_ITEMS + 1);
      expect(withinLimit({ [name]: long, x: 1 })).toStrictEqual({
        [name]: long.slice(0, -1),
        x: 1,
        shortened: [name],
      });
    },
  );

  it('is applied to the data of events', () => {
    const { data } = eventOf('client.subscribe', 'c', { topicFilters: listOf(MAX_LIST_ITEMS + 1) });
    expect(data.shortened).toStrictEqual(['topicFilters']);
  });
});
