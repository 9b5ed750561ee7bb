/**
 * Lists that clients fill: user properties and topic filters. A packet of 1 MB holds 200,000 of them, and each costs
 * most of a microsecond before anybody has looked at it.
 */

import type { EventData } from './event.ts';

/** The most items of a list that are read. A list that was longer is one item longer than this. */
export const MAX_LIST_ITEMS = 20_000;

/** What its items do not say may have stood behind them. */
export function isShortened(list: readonly unknown[]): boolean {
  return list.length > MAX_LIST_ITEMS;
}

interface Lists {
  readonly props?: readonly unknown[];
  readonly userProps?: readonly unknown[];
  readonly topicFilters?: readonly unknown[];
}

const names = ['props', 'userProps', 'topicFilters'] as const;
/** Custom hooks report data of any shape. */
const isLong = (list: unknown): boolean => Array.isArray(list) && isShortened(list);

/** What an event tells of such lists: their first items, and in `shortened` their names. Mostly nothing is copied. */
export function withinLimit(data: EventData): EventData {
  const lists = data as Lists;
  if (!isLong(lists.props) && !isLong(lists.userProps) && !isLong(lists.topicFilters)) return data;
  const shortened = names.filter((name) => isLong(lists[name]));
  const kept = shortened.map((name) => [name, lists[name]?.slice(0, MAX_LIST_ITEMS)]);
  return { ...data, ...Object.fromEntries(kept), shortened };
}
