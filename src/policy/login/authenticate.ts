/** May this client log in? The methods are asked in order, and the first that recognises the client decides. */
import type { Decision } from '../../protocol/schema/decision.ts';
import type { AuthenticatePolicy, Login, Method, MethodAnswer } from '../policy.ts';
import type { Question } from '../question.ts';

/** One question is for the limiter, and one for the grant; a hook may ask eight (`MAX_QUESTIONS`). */
export const MAX_METHODS = 6;

/** Kind of the question to the limiter. */
export const LIMITER = 'authenticate/limiter';

/** Kind of the question that has a grant kept for other instances; it has no answer, it only must not fail. */
export const KEEP_GRANT = 'authorize/keep-grant';

/** What decides when no method recognises the client. */
export const OTHERWISE = 'otherwise';

/** Names that say in a decision that no method has decided. */
export const reservedNames: readonly string[] = ['limiter', OTHERWISE, 'onError', 'grants'];

/** What the limiter says: nothing, or why the attempt is refused unseen. */
export type LimiterAnswer = undefined | { readonly refusedBy: 'client_id' | 'user_name' | 'address' };

/** Kind of the question of a method. */
export function questionKind(method: string): string {
  return `authenticate/${method}`;
}

type Answers = Readonly<Record<string, unknown>>;

/** What is to be looked up next, or the decision. */
export type LoginStep = { readonly ask: Question } | { readonly decision: Decision };

/** Goes as far as the answers reach. */
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
