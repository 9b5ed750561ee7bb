/** Explains what each message rule did to a message, and why the others did not match. */

import { caller } from '../subject.ts';
import { findMisses, type Miss } from '../topics/explain.ts';
import { listOf } from '../topics/rule.ts';
import type { CompiledMessageRule, Result } from './compile.ts';
import { decideMessage, type PublishOutcome, type PublishPolicy } from './decide.ts';
import { type MessageEdit, type PublishInput, senderOf } from './message-edit.ts';
import { codecLabel, selectionOf } from './rule.ts';

/** A rule that matches by topic and sender. */
export interface MessageStep {
  readonly label: string;
  readonly kind: Result['kind'];
  /** What it did, or why it did nothing. */
  readonly did: readonly string[];
}

/** A rule that does not match. */
export interface MessageMiss {
  readonly label: string;
  readonly misses: readonly Miss[];
}

export interface MessageExplanation {
  readonly outcome: PublishOutcome;
  /** In evaluation order. */
  readonly asked: readonly MessageStep[];
  /** Matched, but an earlier rule ended the list. */
  readonly notAsked: readonly string[];
  readonly passedOver: readonly MessageMiss[];
}

export function explainMessage(policy: PublishPolicy, input: PublishInput): MessageExplanation {
  const asked: MessageStep[] = [];
  const outcome = decideMessage(policy, input, (rule, before, result) => {
    asked.push({ label: rule.label, kind: result.kind, did: describe(rule, before, result) });
  });
  const sender = senderOf(input);
  const matched = policy.select(sender, input.message.topic).rules;
  const who = caller(sender);
  const passedOver = policy.rules.flatMap(({ rule, label }, i) => {
    if (matched.includes(i)) return [];
    return [{ label, misses: [...findMisses(selectionOf(rule), who, 'publish', input.message.topic)] }];
  });
  const notAsked = matched.slice(asked.length).flatMap((i) => policy.rules[i]?.label ?? []);
  return { outcome, asked, notAsked, passedOver };
}

function describe({ rule }: CompiledMessageRule, before: MessageEdit, result: Result): readonly string[] {
  if (result.kind === 'fail') return [`cannot be applied: ${result.reason}`, `onError: ${result.onError}`];
  if (result.kind === 'drop') return [`drops the message: ${result.reason}`];
  if (result.kind === 'pass') return [`passes the message unchanged: ${result.reason}`];
  if (result.kind === 'skip') return [result.reason];
  const { edit, isLast } = result;
  const did = [
    ...(rule.decode === undefined
      ? []
      : [`reads the payload as ${listOf(rule.decode).map(codecLabel).join(', ')}`]),
    ...(edit.topic === before.topic ? [] : [`sets the topic to ${edit.topic}`]),
    ...(edit.qos === before.qos ? [] : [`sets the QoS to ${edit.qos}`]),
    ...(rule.set?.payload === undefined && rule.set?.remove === undefined ? [] : ['changes the payload']),
    ...(rule.encode === undefined
      ? []
      : [`writes the payload as ${listOf(rule.encode).map(codecLabel).join(', ')}`]),
    ...(isLast ? ['ends the rules'] : []),
  ];
  return did.length > 0 ? did : ['finds nothing to object to'];
}
