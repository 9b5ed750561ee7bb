/** Judges a topic with several possible meanings: each must be allowed, and one denial is enough. */
import type { Verdict } from '../topics/rule.ts';
import type { Readings } from '../topics/topic-prefix.ts';

/**
 * Input for one pass over the rules: the first rule that either text hits decides. Rules with topics see both texts;
 * rules on every topic see the first.
 */
export type Asked =
  | { readonly topic: string; readonly named: string | undefined }
  /** May be any topic: a rule that names it literally decides; otherwise every denial of any topic is hit. */
  | { readonly topic: undefined; readonly named: string };

interface Judged {
  readonly verdict: Verdict | undefined;
}

/**
 * Judges each reading in turn.
 *
 * @returns the judgement that decides. Without a verdict on a topic that may be any topic, it is `isUnknown`: the
 *   request is denied, because `otherwise` does not apply.
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
