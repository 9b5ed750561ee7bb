import type { Property, SubOpts, TopicFilter } from '../schema/vocabulary.ts';
import { splitUserProperties } from './user-property.ts';

/** A topic filter of EMQX before 5.4 (only `qos`) or of 5.4 to 5.8 (`subopts`). */
interface OldTopicFilter {
  readonly name: string;
  readonly qos: number;
  readonly subopts?: SubOpts | undefined;
}

export function liftTopicFilter({ name, qos, subopts }: OldTopicFilter): TopicFilter {
  return { name, subopts: subopts ?? { qos, rh: 0, rap: 0, nl: 0 } };
}

/** Before 5.4, the group of a shared subscription is an option; since then it is part of the topic. */
export function liftTopic(topic: string, share: string | undefined): string {
  if (share === undefined || share === '') return topic;
  return share === '$queue' ? `$queue/${topic}` : `$share/${share}/${topic}`;
}

/** client.subscribe and client.unsubscribe of EMQX before 5.9. */
export function liftSubscription<T extends { props: Property[]; topicFilters: OldTopicFilter[] }>(
  request: T,
) {
  return { ...splitUserProperties(request), topicFilters: request.topicFilters.map(liftTopicFilter) };
}

/** session.subscribed of EMQX before 5.9. */
export function liftSubscribed<T extends { topic: string; subopts?: { share: string } | undefined }>(
  request: T,
) {
  return { ...request, topic: liftTopic(request.topic, request.subopts?.share) };
}
