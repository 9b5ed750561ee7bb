import type { TopicFilter } from '../../protocol/schema/vocabulary.ts';
import { readTopic } from './topic-prefix.ts';

/**
 * Returns the real filter of a message queue or stream: `$queue/jobs/a/#` receives `a/#`. `undefined` for a filter
 * without such a prefix, or of a shared subscription: there, `$queue/a` is `$share/$queue/a`.
 */
export function realFilters(filter: string, version: string): { readonly filters?: readonly string[] } {
  const readings = readTopic('subscribe', filter, version);
  if (readings === undefined || readings.named === undefined || readings.isAnything) return {};
  return { filters: readings.topics };
}

/** Returns the real filters of a packet. */
export function withRealFilters(filters: readonly TopicFilter[], version: string): readonly object[] {
  return filters.map((filter) => {
    const { filters: real } = realFilters(filter.name, version);
    // Fields are listed: a spread costs microseconds per filter.
    return real === undefined ? filter : { name: filter.name, subopts: filter.subopts, filters: real };
  });
}
