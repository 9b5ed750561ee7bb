/** The verdict on a topic that may mean several: each meaning must be allowed, and one denial is enough. */
import type { Verdict } from '../topics/rule.ts';
import type { Readings } from '../topics/topic-prefix.ts';

/**
 * What rules are asked at once: the first that is hit, by either text, decides. A rule that names topics is asked
 * about both, a rule on every topic about the first.
 */
export type Asked =
  | { readonly topic: string; readonly named: string | undefined }
  /** It may be any topic: a rule that names it as it stands decides, else each denial of any topic is hit. */
  | { readonly topic: undefined; readonly named: string };

interface Judged {
  readonly verdict: Verdict | undefined;
}

/**
 * Asks about each reading in turn.
 *
 * @returns the judgement that decides. One without a verdict on a topic that may be any is `isUnknown`: then
 *   `otherwise` does not say anything about it, and it is denied.
 */
export function judgeReadings<J extends Judged>(
  { topics, deniable, isAnything, named }: Readings,
  judge: (asked: Asked) => J,
): J & { readonly isUnknown?: true } {
  const needed = topics.map((topic) => judge({ topic, named }));
  const anything = isAnything ? judge({ topic: undefined, named: named ?? '' }) : undefined;
  if (anything !== undefined) needed.push(anything);
  const others = deniable.map((topic) => judge({ topic, named }));
  const denied = [...needed, ...others].find(({ verdict }) => verdict === 'deny');
  if (denied !== undefined) return denied;
  if (anything !== undefined && anything.verdict === undefined) return { ...anything, isUnknown: true };
  return (needed.find(({ verdict }) => verdict === undefined) ?? needed[0]) as J;
}
