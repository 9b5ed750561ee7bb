/** Combines topic filters for several purposes into as few as possible. */
import { covers } from '../policy/topics/topic-filter.ts';

/** Empty means every topic, also in the result. Filters covered by another are removed. */
export function unionOfTopics(...lists: readonly (readonly string[])[]): readonly string[] {
  if (lists.some((list) => list.length === 0)) return [];
  const filters = [...new Set(lists.flat())];
  return filters.filter(
    (filter, i) => !filters.some((other, j) => i !== j && replaces(other, filter, j < i)),
  );
}

/** Of two equivalent filters, such as `#` and `+/#`, the first stays. */
function replaces(other: string, filter: string, isFirst: boolean): boolean {
  return covers(other, filter) && (isFirst || !covers(filter, other));
}
