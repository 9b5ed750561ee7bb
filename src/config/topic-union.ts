/** Topic filters for several purposes at once, as few as say it. */
import { covers } from '../policy/topics/topic-filter.ts';

/** None means every topic, also in the result. What another filter covers is left out. */
export function unionOfTopics(...lists: readonly (readonly string[])[]): readonly string[] {
  if (lists.some((list) => list.length === 0)) return [];
  const filters = [...new Set(lists.flat())];
  return filters.filter(
    (filter, i) => !filters.some((other, j) => i !== j && replaces(other, filter, j < i)),
  );
}

/** Of two filters that say the same, such as `#` and `+/#`, the first stays. */
function replaces(other: string, filter: string, isFirst: boolean): boolean {
  return covers(other, filter) && (isFirst || !covers(filter, other));
}
