/** Decides on a login. The methods are asked in order; the first that recognises the client decides. */
import type { Decision } from '../../protocol/schema/decision.ts';
import type { AuthenticatePolicy, Login, Method, MethodAnswer } from '../policy.ts';
import type { Question } from '../question.ts';

/** A hook may ask eight questions (`MAX_QUESTIONS`): one is reserved for the limiter and one for the grant. */
export const MAX_METHODS = 6;

/** Kind of the question to the limiter. */
export const LIMITER = 'authenticate/limiter';

/** Kind of the question that stores a grant for other instances. It has no answer, but it must not fail. */
export const KEEP_GRANT = 'authorize/keep-grant';

/** Name of the decision when no method recognises the client. */
export const OTHERWISE = 'otherwise';

/** Names in a decision that no method made. */
export const reservedNames: readonly string[] = ['limiter', OTHERWISE, 'onError', 'grants'];

/** Answer of the limiter: nothing, or why the attempt is refused without a check. */
export type LimiterAnswer = undefined | { readonly refusedBy: 'client_id' | 'user_name' | 'address' };

/** Returns the kind of a method's question. */
export function questionKind(method: string): string {
  return `authenticate/${method}`;
}

type Answers = Readonly<Record<string, unknown>>;

/** The next question, or the decision. */
export type LoginStep = { readonly ask: Question } | { readonly decision: Decision };

/** Proceeds as far as the available answers allow. */
export function nextLoginStep(policy: AuthenticatePolicy, client: Login, answers: Answers): LoginStep {
  const step = nextVerdictStep(policy, client, answers);
  if (!('decision' in step) || step.decision.verdict !== 'allow' || KEEP_GRANT in answers) return step;
  const { by, grant } = step.decision;
  return policy.keptBefore?.has(by) === true ? { ask: { kind: KEEP_GRANT, client, grant } } : step;
}

function nextVerdictStep(policy: AuthenticatePolicy, client: Login, answers: Answers): LoginStep {
  if (policy.isLimited) {
    if (!(LIMITER in answers)) return { ask: { kind: LIMITER, client } };
    const limited = answers[LIMITER] as LimiterAnswer;
    if (limited !== undefined)
      return { decision: decide(policy, 'deny', 'limiter', limitReasons[limited.refusedBy]) };
  }
  const reasons: string[] = [];
  let isUndecided = false;
  for (const method of policy.methods) {
    const answer = answerOf(method, client, answers);
    if ('ask' in answer) return answer;
    if (answer.result === 'allow') return { decision: admit(policy, method, answer) };
    if (answer.result === 'deny') return { decision: decide(policy, 'deny', method.name, answer.reason) };
    if (answer.isBroken) isUndecided = true;
    if (answer.reason !== undefined) reasons.push(`${method.name}: ${answer.reason}`);
  }
  const because = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  const decision = decide(policy, policy.otherwise, OTHERWISE, `no method recognised the client${because}`);
  return { decision: isUndecided ? { ...decision, isUndecided } : decision };
}

const limitReasons = {
  client_id: 'too many failed logins of this client id',
  user_name: 'too many failed logins of this user name',
  address: 'too many failed logins from this address',
} as const;

function answerOf(method: Method, client: Login, answers: Answers): MethodAnswer | { ask: Question } {
  if (method.judge !== undefined) return method.judge(client);
  const kind = questionKind(method.name);
  return (answers[kind] as MethodAnswer | undefined) ?? { ask: { kind, client } };
}

function admit(
  policy: AuthenticatePolicy,
  { name }: Method,
  { grant }: MethodAnswer & { result: 'allow' },
): Decision {
  const decision = decide(policy, 'allow', name, 'recognised');
  return grant === undefined ? decision : { ...decision, grant };
}

function decide(
  { mode }: AuthenticatePolicy,
  verdict: Decision['verdict'],
  by: string,
  reason: string,
): Decision {
  return { verdict, by, reason, isShadow: mode === 'shadow' };
}
