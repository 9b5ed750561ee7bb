/** The topic of a rewritten message: EMQX routes it unchecked, so that it is checked here. */
import { findTopicNameProblem } from '../topics/topic-filter.ts';

/**
 * Why a message must not go to this topic, or `undefined` when it may.
 *
 * @param mayBeginWithDollar when the rule itself says so in plain letters: no value brings a message there.
 */
export function findPublishTopicProblem(topic: string, mayBeginWithDollar: boolean): string | undefined {
  if (/[+#]/.test(topic)) return 'must not contain the wildcards "+" and "#"';
  const problem = findTopicNameProblem(topic);
  if (problem !== undefined) return problem;
  if (!topic.isWellFormed()) return 'must be valid Unicode';
  // [MQTT-4.7.2-1]
  if (topic === '$SYS' || topic.startsWith('$SYS/')) return 'must not be under $SYS';
  if (topic.startsWith('$') && !mayBeginWithDollar)
    return 'begins with "$", which must stand in the template itself';
  return undefined;
}
