/** Why a login ended as it did: what each method said when it was asked. A password is not kept to ask again. */

import { LIMITER, OTHERWISE, questionKind } from '../../policy/login/authenticate.ts';
import type { Login, Method, MethodAnswer } from '../../policy/policy.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { CallRecord, KeptLookup } from '../tap/call-record.ts';
import type { PolicyView } from './policy-view.ts';
import { stepOf, type UnplacedStep } from './steps.ts';
import type { Explained } from './topic.ts';

export function explainLogin(record: CallRecord, view: PolicyView): Explained {
  const authenticate = view.policy?.policies.authenticate;
  if (authenticate === undefined)
    return { decision: undefined, steps: [], notes: ['there is no authenticate: the broker decides alone'] };
  const isSame = record.revision === view.policy?.policies.revision;
  const steps = [
    ...limiterStep(record, authenticate.isLimited),
    ...methodSteps(record, authenticate.methods, view),
    ...endStep(record, authenticate.otherwise),
  ];
  const notes = isSame
    ? []
    : ['other policies are in force now: what they would say takes the password, which is not kept'];
  return { decision: undefined, steps, notes };
}

function limiterStep(record: CallRecord, isLimited: boolean): UnplacedStep[] {
  const asked = find(record, LIMITER);
  if (!isLimited && asked === undefined) return [];
  const isHit = record.decision?.by === 'limiter';
  return [
    stepOf({
      kind: 'limiter',
      label: 'limiter',
      outcome: isHit ? 'hit' : 'miss',
      texts: [isHit ? (record.decision?.reason ?? 'refused') : 'lets the attempt through'],
    }),
  ];
}

function methodSteps(record: CallRecord, methods: readonly Method[], view: PolicyView): UnplacedStep[] {
  const decidedAt = methods.findIndex(({ name }) => name === record.decision?.by);
  const isLimited = record.decision?.by === 'limiter';
  return methods.map((method, i) => {
    const rule = view.config.authenticate?.methods[i];
    const asked = find(record, questionKind(method.name));
    const common = {
      kind: 'method' as const,
      label: method.name,
      path: ['authenticate', 'methods', i],
      rule,
    };
    if (asked !== undefined) return stepOf({ ...common, ...ofLookup(asked) });
    const isBehind = isLimited || (decidedAt !== -1 && i > decidedAt);
    if (isBehind || method.judge === undefined)
      return stepOf({ ...common, outcome: 'not asked', texts: [whyNotAsked(isLimited, record)] });
    return stepOf({ ...common, ...ofAnswer(method.judge(loginOf(record))) });
  });
}

function whyNotAsked(isLimited: boolean, { decision }: CallRecord): string {
  if (isLimited) return 'not asked: the limiter refused the attempt';
  return decision === undefined || decision.by === 'onError'
    ? 'not asked: the call had failed'
    : `not asked: ${decision.by} decided`;
}

type Said = Pick<Parameters<typeof stepOf>[0], 'outcome' | 'texts' | 'isNear'>;

function ofLookup({ outcome, reason, ms }: KeptLookup): Said {
  switch (outcome) {
    case 'allow':
      return { outcome: 'hit', texts: ['admits the client'] };
    case 'deny':
      return { outcome: 'hit', isNear: true, texts: [`refuses the client: ${reason ?? 'no reason'}`] };
    case 'unknown':
      return ofAnswer({ result: 'unknown', reason });
    case 'failed':
      return { outcome: 'unknown', isNear: true, texts: [`failed: ${reason ?? 'lookup_failed'}`] };
    case 'running':
      return { outcome: 'unknown', isNear: true, texts: ['had not answered when the time was up'] };
    case 'answered':
      return { outcome: 'unknown', texts: [`answered in ${ms ?? 0} ms`] };
  }
}

function ofAnswer(answer: MethodAnswer): Said {
  if (answer.result === 'allow') return { outcome: 'hit', texts: ['admits the client'] };
  if (answer.result === 'deny')
    return { outcome: 'hit', isNear: true, texts: [`refuses the client: ${answer.reason}`] };
  const { reason } = answer;
  return {
    outcome: 'miss',
    isNear: reason !== undefined,
    texts: [`does not recognise the client${reason === undefined ? '' : `: ${reason}`}`],
  };
}

function endStep({ decision, failure }: CallRecord, otherwise: string): UnplacedStep[] {
  if (decision?.by === 'onError' || failure !== undefined)
    return [
      stepOf({
        kind: 'onError',
        label: 'onError',
        outcome: 'hit',
        isNear: true,
        texts: [`the call failed: ${failure?.code ?? decision?.reason ?? 'unknown'}`],
      }),
    ];
  const isHit = decision?.by === OTHERWISE;
  return [
    stepOf({
      kind: 'otherwise',
      label: 'otherwise',
      outcome: isHit ? 'hit' : 'not asked',
      texts: [isHit ? `${decision.verdict}: ${decision.reason}` : otherwise],
    }),
  ];
}

function find({ lookups = [] }: CallRecord, kind: string): KeptLookup | undefined {
  return lookups.find((one) => one.kind === kind);
}

/** Methods that answer at once look at names and certificates. */
function loginOf({ input }: CallRecord): Login {
  const { clientinfo } = input as HookInput<'client.authorize'>;
  return { ...clientinfo, password: '' };
}
