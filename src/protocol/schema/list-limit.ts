/**
 * Limits lists from clients: user properties and topic filters. A packet of 1 MB contains 200,000 items, and each costs
 * most of a microsecond before it is used.
 */

import type { EventData } from './event.ts';

/** Maximum number of items that are read, plus one to mark a longer list. */
export const MAX_LIST_ITEMS = 20_000;

/** Reports whether a list was shortened: missing items may be beyond the limit. */
export function isShortened(list: readonly unknown[]): boolean {
  return list.length > MAX_LIST_ITEMS;
}

interface Lists {
  readonly props?: readonly unknown[];
  readonly userProps?: readonly unknown[];
  readonly topicFilters?: readonly unknown[];
}

const names = ['props', 'userProps', 'topicFilters'] as const;
/** Custom hooks may report data of any shape. */
const isLong = (list: unknown): boolean => Array.isArray(list) && isShortened(list);

/** Shortens such lists in an event and names them in `shortened`. Copies only if a list is too long. */
export function withinLimit(data: EventData): EventData {
  const lists = data as Lists;
  if (!isLong(lists.props) && !isLong(lists.userProps) && !isLong(lists.topicFilters)) return data;
  const shortened = names.filter((name) => isLong(lists[name]));
  const kept = shortened.map((name) => [name, lists[name]?.slice(0, MAX_LIST_ITEMS)]);
  return { ...data, ...Object.fromEntries(kept), shortened };
}
