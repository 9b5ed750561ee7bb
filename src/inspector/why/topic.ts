/** Why a client may, or may not, publish to a topic or subscribe to a filter: the data of `exhook explain authorize`. */
import { createPacer } from '../../lib/slices.ts';
import type { OpenPolicy } from '../../lookup/open-policy.ts';
import type { Granted, Known } from '../../policy/policy.ts';
import { decideAction } from '../../policy/topics/authorize-action.ts';
import { explain, type Step } from '../../policy/topics/explain.ts';
import { type Action, labelOf } from '../../policy/topics/rule.ts';
import { readTopic } from '../../policy/topics/topic-prefix.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { PolicyView } from './policy-view.ts';
import { stepOf, type UnplacedStep } from './steps.ts';

export interface TopicQuestion {
  readonly client: Known;
  readonly action: Action;
  readonly topic: string;
  /** What the login brought; nothing when that is not known. */
  readonly granted: Granted | undefined;
  /** Release of the broker; empty when it is not known. */
  readonly version: string;
}

export interface Explained {
  /** What these policies decide; nothing when they leave it to the broker, or cannot tell. */
  readonly decision: Decision | undefined;
  readonly steps: readonly UnplacedStep[];
  readonly notes: readonly string[];
}

/** Rules that are explained in one turn of the event loop: a condition is compiled again for each. */
const CHUNK = 50;
/** With a prefix such as `$queue/` each reading of the topic needs all rules at once. */
const MAX_RULES_AT_ONCE = 2000;

export async function explainTopic(question: TopicQuestion, view: PolicyView): Promise<Explained> {
  const { policy } = view;
  const authorize = policy?.policies.authorize;
  if (policy === undefined || authorize === undefined)
    return { decision: undefined, steps: [], notes: ['there is no authorize: the broker decides alone'] };
  const { client, action, topic, granted, version } = question;
  const decision = decideAction({ ...authorize, mode: 'enforce' }, client, action, topic, granted, version);
  const found = await findSteps(question, policy);
  const rules = found.steps.map((step) => ruleStep(step, view));
  const grant = grantStep(decision, granted);
  const isFirst = authorize.grantsOrder === 'first';
  const steps = [
    ...(isFirst ? grant : []),
    ...rules,
    ...(isFirst ? [] : grant),
    ...endStep(decision, found.isDecided, authorize.otherwise),
  ];
  const failed = decision.conditions?.map(({ rule, reason }) => `when of ${rule} failed: ${reason}`) ?? [];
  const skipped =
    decision.notes?.map(
      ({ variable, reason }) => `rules with \${${variable}} were passed over: its value ${reason}`,
    ) ?? [];
  return { decision, steps, notes: [...found.notes, ...failed, ...skipped] };
}

interface Found {
  readonly steps: readonly Step[];
  readonly isDecided: boolean;
  readonly notes: readonly string[];
}

async function findSteps(question: TopicQuestion, policy: OpenPolicy): Promise<Found> {
  const { action, topic, version } = question;
  const { rules } = policy;
  const hasReadings = readTopic(action, topic, version) !== undefined;
  if (!hasReadings) return await findInChunks(question, policy);
  if (rules.length > MAX_RULES_AT_ONCE)
    return {
      steps: [],
      isDecided: false,
      notes: [
        `the topic has a prefix, and ${rules.length} rules are too many to explain it: use exhook explain`,
      ],
    };
  const found = explainPart(question, policy, 0, rules.length);
  return {
    steps: [...found.passedOver, ...(found.decided ? [found.decided] : [])],
    isDecided: found.decided !== undefined,
    notes: ['the broker resolves the prefix of this topic: rules are asked about what it means'],
  };
}

async function findInChunks(question: TopicQuestion, policy: OpenPolicy): Promise<Found> {
  const pacer = createPacer();
  const steps: Step[] = [];
  for (let from = 0; from < policy.rules.length; from += CHUNK) {
    if (pacer.isOver()) await pacer.pause();
    const found = explainPart(question, policy, from, from + CHUNK);
    steps.push(...found.passedOver);
    if (found.decided === undefined) continue;
    steps.push(found.decided);
    return { steps, isDecided: true, notes: [] };
  }
  return { steps, isDecided: false, notes: [] };
}

function explainPart(
  { client, action, topic, granted, version }: TopicQuestion,
  { rules, conditions }: OpenPolicy,
  from: number,
  to: number,
) {
  const subject = { ...client, tags: granted?.tags };
  const part = rules.slice(from, to);
  const { passedOver, decided } = explain(part, subject, action, topic, conditions, version);
  const inList = (step: Step): Step => {
    const index = step.index + from;
    return { ...step, index, label: labelOf(step.rule, index) };
  };
  return { passedOver: passedOver.map(inList), decided: decided && inList(decided) };
}

function ruleStep({ index, label, rule, misses }: Step, { config }: PolicyView): UnplacedStep {
  const isHit = misses.length === 0;
  const isNear = misses.length === 1 && misses[0]?.condition !== 'action';
  const own = config.authorize?.rules.length ?? 0;
  return stepOf({
    kind: 'rule',
    label,
    outcome: isHit ? 'hit' : 'miss',
    isNear,
    texts: isHit
      ? [rule.allow === undefined ? 'denies it' : 'allows it']
      : misses.map(({ message }) => message),
    misses,
    rule,
    // Those behind come from files of ACLs.
    path: index < own ? ['authorize', 'rules', index] : undefined,
  });
}

/** The rules that the login brought are in a token or at a service: they have no place, and are one step. */
function grantStep(decision: Decision, granted: Granted | undefined): UnplacedStep[] {
  if (decision.by === 'grants')
    return [stepOf({ kind: 'grant', label: 'grants', outcome: 'hit', texts: [decision.reason] })];
  if (granted?.judge === undefined) return [];
  return [
    stepOf({
      kind: 'grant',
      label: 'rules of the login',
      outcome: 'unknown',
      texts: ['rules that the client brought at its login are asked, too'],
    }),
  ];
}

function endStep(decision: Decision, isDecided: boolean, otherwise: string): UnplacedStep[] {
  if (isDecided || decision.by === 'grants') return [];
  const isHit = decision.by === 'otherwise' || decision.by === 'prefix';
  return [
    stepOf({
      kind: 'otherwise',
      label: decision.by === 'prefix' ? 'prefix' : 'otherwise',
      outcome: isHit ? 'hit' : 'not asked',
      texts: [isHit ? `${decision.verdict}: ${decision.reason}` : otherwise],
    }),
  ];
}
