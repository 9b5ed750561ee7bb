/** May this client do this? The client's own grants and the rules in their order, then `otherwise`. */
import type { Decision } from '../../protocol/schema/decision.ts';
import type { AuthorizePolicy, Granted, Known } from '../policy.ts';
import type { Question } from '../question.ts';
import type { Subject } from '../subject.ts';
import type { Judgement } from './authorize.ts';
import { type Action, labelOf } from './rule.ts';

/** Kind of the question for grants that are not in memory: in a token that is the user name, or in a shared store. */
export const GRANTS = 'authorize/grants';

/** Three parts of base64url, as every signed token has (RFC 7515 section 7.1). */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Has the user name the form of a token? */
export function mayBeToken(username: string): boolean {
  return TOKEN.test(username);
}

/**
 * What must be looked up first, when it is not in memory: the grants of a token that is the user name, or those that
 * other instances know of.
 */
export function grantsQuestion(policy: AuthorizePolicy, client: Known): Question | undefined {
  const mayBeElsewhere = policy.hasUsernameTokens === true && mayBeToken(client.username);
  if (policy.areGrantsShared !== true && !mayBeElsewhere) return undefined;
  return policy.grantsOf?.(client) === undefined ? { kind: GRANTS, client } : undefined;
}

/** What decides when nobody knows which topics a filter stands for, and no rule names its prefix. */
export const PREFIX = 'prefix';

/**
 * @param granted overrules what is in memory: the answer to the question above.
 * @param version of the broker, as it says it. Default: not known.
 */
export function decideAction(
  policy: AuthorizePolicy,
  client: Known,
  action: Action,
  topic: string,
  granted: Granted | undefined = policy.grantsOf?.(client),
  version = '',
): Decision {
  const isShadow = policy.mode === 'shadow';
  if (granted?.isExpired === true) {
    return { verdict: 'deny', by: 'grants', reason: 'what the client was granted has expired', isShadow };
  }
  const subject = subjectOf(client, granted);
  const judges = [policy.judge, granted?.judge];
  if (policy.grantsOrder === 'first') judges.reverse();
  let notes: Judgement['notes'] = [];
  let conditions: NonNullable<Judgement['conditions']> = [];
  let isUnknown = false;
  for (const judge of judges) {
    if (judge === undefined) continue;
    const judgement = judge(subject, action, topic, version);
    if (judgement.notes.length > 0) notes = [...notes, ...judgement.notes];
    if (judgement.conditions !== undefined) conditions = [...conditions, ...judgement.conditions];
    isUnknown ||= judgement.isUnknown === true;
    if (judgement.verdict === undefined) continue;
    const by = labelOf(judgement.rule, judgement.index);
    const reason = judgement.verdict === 'allow' ? 'a rule allows it' : 'a rule denies it';
    return withNotes({ verdict: judgement.verdict, by, reason, isShadow }, notes, conditions);
  }
  if (isUnknown) {
    const reason = 'no rule names the prefix of the filter, and what the broker makes of it is not known';
    return withNotes({ verdict: 'deny', by: PREFIX, reason, isShadow }, notes, conditions);
  }
  return withNotes(
    { verdict: policy.otherwise, by: 'otherwise', reason: 'no rule was hit', isShadow },
    notes,
    conditions,
  );
}

function withNotes(
  decision: Decision,
  notes: Judgement['notes'],
  conditions: NonNullable<Judgement['conditions']>,
): Decision {
  if (notes.length === 0 && conditions.length === 0) return decision;
  return {
    ...decision,
    ...(notes.length > 0 && { notes }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function subjectOf(client: Known, granted: Granted | undefined): Subject {
  if (granted === undefined) return client;
  return { ...client, tags: granted.tags };
}
