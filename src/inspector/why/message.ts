/** What became of a message, what each rule did to it, and why the others did not match: the data of `exhook explain publish`. */
import { withoutSecrets } from '../../config/redact.ts';
import { explainMessage, type MessageExplanation } from '../../policy/messages/explain.ts';
import type { PublishInput } from '../../policy/messages/message-edit.ts';
import type { PolicyView } from './policy-view.ts';
import { stepOf, type UnplacedStep } from './steps.ts';
import type { Explained } from './topic.ts';

/** More rules are not explained: each is looked at in one turn of the event loop. */
const MAX_RULES = 2000;

/** @param isWhole whether the payload is all there: without it rules that read it cannot be asked. */
export function explainPublish(input: PublishInput, isWhole: boolean, view: PolicyView): Explained {
  const publish = view.policy?.policies.publish;
  if (publish === undefined)
    return { decision: undefined, steps: [], notes: ['there is no publish: messages go on unchanged'] };
  if (publish.rules.length > MAX_RULES)
    return {
      decision: undefined,
      steps: [],
      notes: [`${publish.rules.length} rules are too many to explain here: use exhook explain publish`],
    };
  const explained = explainMessage({ ...publish, mode: 'enforce' }, input);
  const notes = isWhole
    ? []
    : ['the payload was not kept whole: what rules did with it, and which of them came next, is not known'];
  const labels = publish.rules.map(({ label }) => label);
  const steps = [
    ...ranSteps(explained, isWhole),
    ...explained.passedOver.map(({ label, misses }) =>
      stepOf({
        kind: 'rule',
        label,
        outcome: 'miss',
        isNear: misses.length === 1,
        texts: misses.map(({ message }) => message),
        misses,
      }),
    ),
  ];
  const ordered = steps
    .map((step) => ({ ...step, ...partOf(labels.indexOf(step.label), view) }))
    .sort((a, b) => labels.indexOf(a.label) - labels.indexOf(b.label));
  const { decision } = explained.outcome;
  const end = isWhole && decision.by === 'otherwise' ? [otherwiseStep(decision.reason)] : [];
  return { decision: isWhole ? decision : undefined, steps: [...ordered, ...end], notes };
}

function otherwiseStep(reason: string): UnplacedStep {
  return stepOf({
    kind: 'otherwise',
    label: 'otherwise',
    outcome: 'hit',
    texts: [`goes on unchanged: ${reason}`],
  });
}

function ranSteps({ outcome, asked, notAsked }: MessageExplanation, isWhole: boolean): UnplacedStep[] {
  const failed = new Map(outcome.decision.conditions?.map(({ rule, reason }) => [rule, reason]));
  return [
    ...asked.map(({ label, kind, did }) => {
      const reason = failed.get(label);
      if (!isWhole)
        return stepOf({
          kind: 'rule',
          label,
          outcome: 'unknown',
          texts: ['matches the topic and the sender'],
        });
      return stepOf({
        kind: 'rule',
        label,
        outcome: kind === 'skip' ? 'miss' : 'hit',
        isNear: kind === 'skip',
        texts: reason === undefined ? did : [`when failed: ${reason}`],
      });
    }),
    ...notAsked.map((label) =>
      stepOf({ kind: 'rule', label, outcome: 'not asked', texts: ['an earlier rule ended the list'] }),
    ),
  ];
}

function partOf(index: number, { config }: PolicyView): Partial<UnplacedStep> {
  const rule = config.publish?.rules[index];
  if (rule === undefined) return {};
  return { rule: withoutSecrets(rule, 'rules'), at: ['publish', 'rules', index] };
}
