/** Checks the topic of a rewritten message: EMQX routes it unchecked. */
import { findTopicNameProblem } from '../topics/topic-filter.ts';

/**
 * Returns why a message must not go to this topic, or `undefined` if it may.
 *
 * @param mayBeginWithDollar true if "$" is literal text of the rule: a value must not lead there.
 */
export function findPublishTopicProblem(topic: string, mayBeginWithDollar: boolean): string | undefined {
  if (/[+#]/.test(topic)) return 'must not contain the wildcards "+" and "#"';
  const problem = findTopicNameProblem(topic);
  if (problem !== undefined) return problem;
  if (!topic.isWellFormed()) return 'must be valid Unicode';
  // [MQTT-4.7.2-1]
  if (topic === '$SYS' || topic.startsWith('$SYS/')) return 'must not be under $SYS';
  if (topic.startsWith('$') && !mayBeginWithDollar)
    return 'begins with "$": write the "$" in the template itself';
  return undefined;
}
