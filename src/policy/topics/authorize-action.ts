/** Decides on an action: the client's own grants and the rules in order, then `otherwise`. */
import type { Decision } from '../../protocol/schema/decision.ts';
import type { AuthorizePolicy, Granted, Known } from '../policy.ts';
import type { Question } from '../question.ts';
import type { Subject } from '../subject.ts';
import type { Judgement } from './authorize.ts';
import { type Action, labelOf } from './rule.ts';

/** Kind of the question for grants that are not in memory: in a token used as user name, or in a shared store. */
export const GRANTS = 'authorize/grants';

/** A signed token: three parts of base64url (RFC 7515 section 7.1). */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Reports whether the user name looks like a token. */
export function mayBeToken(username: string): boolean {
  return TOKEN.test(username);
}

/**
 * Returns the question for grants that are not in memory: in a token used as user name, or stored by other instances.
 */
export function grantsQuestion(policy: AuthorizePolicy, client: Known): Question | undefined {
  const mayBeElsewhere = policy.hasUsernameTokens === true && mayBeToken(client.username);
  if (policy.areGrantsShared !== true && !mayBeElsewhere) return undefined;
  return policy.grantsOf?.(client) === undefined ? { kind: GRANTS, client } : undefined;
}

/** Name of the decision if the topics of a filter are unknown and no rule names its prefix. */
export const PREFIX = 'prefix';

/**
 * @param granted the answer to that question; overrides the grants in memory.
 * @param version of the broker, as reported. Default: unknown.
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
    return { verdict: 'deny', by: 'grants', reason: 'the grant of the client has expired', isShadow };
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
    const reason = 'no rule names the prefix of the filter, and its meaning for the broker is unknown';
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
