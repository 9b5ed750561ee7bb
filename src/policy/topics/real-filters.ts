import type { TopicFilter } from '../../protocol/schema/vocabulary.ts';
import { readTopic } from './topic-prefix.ts';

/**
 * What a filter of a message queue or stream stands for: `$queue/jobs/a/#` receives `a/#`. Nothing for one that shows
 * it, without a prefix or of a shared subscription: there `$queue/a` is `$share/$queue/a`.
 */
export function realFilters(filter: string, version: string): { readonly filters?: readonly string[] } {
  const readings = readTopic('subscribe', filter, version);
  if (readings === undefined || readings.named === undefined || readings.isAnything) return {};
  return { filters: readings.topics };
}

/** The same for the filters of a packet. */
export function withRealFilters(filters: readonly TopicFilter[], version: string): readonly object[] {
  return filters.map((filter) => {
    const { filters: real } = realFilters(filter.name, version);
    // Named one by one: spreading costs microseconds a filter.
    return real === undefined ? filter : { name: filter.name, subopts: filter.subopts, filters: real };
  });
}
