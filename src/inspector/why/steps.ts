/** The steps of an explanation, as the page shows them. */
import { withoutSecrets } from '../../config/redact.ts';
import { clip } from '../../lib/clip.ts';
import type { Miss } from '../../policy/topics/explain.ts';
import type { WhyStep } from '../api.ts';
import type { PolicyView } from './policy-view.ts';

/** Most steps of one answer: near ones come first. */
export const MAX_STEPS = 500;
/** Most characters of one text: names of clients stand in them. */
const MAX_TEXT = 1024;

export interface StepParts {
  readonly kind: WhyStep['kind'];
  readonly label: string;
  readonly outcome: WhyStep['outcome'];
  readonly isNear?: boolean;
  readonly texts: readonly string[];
  readonly misses?: readonly Miss[];
  readonly rule?: object | undefined;
  /** Path of its part of the configuration, which is to be located. */
  readonly path?: readonly PropertyKey[] | undefined;
}

/** A step before its place is known. */
export interface UnplacedStep extends WhyStep {
  readonly at?: readonly PropertyKey[] | undefined;
}

export function stepOf({
  kind,
  label,
  outcome,
  isNear = false,
  texts,
  misses = [],
  rule,
  path,
}: StepParts): UnplacedStep {
  return {
    kind,
    label: clip(label),
    outcome,
    isNear,
    texts: texts.map((text) => clip(text, MAX_TEXT)),
    misses: misses.map(({ condition, message }) => ({ condition, message: clip(message, MAX_TEXT) })),
    ...(rule !== undefined && { rule: withoutSecrets(rule, 'rules') }),
    ...(path !== undefined && { at: path }),
  };
}

/** Those to look at first, within the limit: what decided, what nearly did, and then the others in order. */
export function limitSteps(steps: readonly UnplacedStep[]): {
  steps: readonly UnplacedStep[];
  notes: readonly string[];
} {
  if (steps.length <= MAX_STEPS) return { steps, notes: [] };
  const matters = steps.filter(({ outcome, isNear }) => isNear || outcome === 'hit').slice(0, MAX_STEPS);
  const room = MAX_STEPS - matters.length;
  const others = steps.filter((step) => !matters.includes(step)).slice(0, room);
  const kept = new Set([...matters, ...others]);
  return {
    steps: steps.filter((step) => kept.has(step)),
    notes: [`${steps.length - kept.size} more rules missed, and are not shown`],
  };
}

/** The steps with their lines in the file. */
export async function placeSteps(
  steps: readonly UnplacedStep[],
  view: PolicyView,
): Promise<readonly WhyStep[]> {
  const paths = steps.flatMap(({ at }) => (at === undefined ? [] : [at]));
  const places = [...(await view.find(paths))];
  return steps.map(({ at, ...step }) => {
    const place = at === undefined ? undefined : places.shift();
    return { ...step, ...(place !== undefined && { place }) };
  });
}
