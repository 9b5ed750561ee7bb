/**
 * Finds rules and targets that rely on a name for which no method vouches: clients could choose what they may
 * do.
 */

import type { Steps } from '../../lib/steps.ts';
import type { CompileCondition } from '../../policy/condition.ts';
import { type BoundName, boundNames, nameWords } from '../../policy/login/bound-names.ts';
import {
  type NameUses,
  usesOfMessageRule,
  usesOfRule,
  usesOfTemplate,
} from '../../policy/login/name-uses.ts';
import { messageLabel } from '../../policy/messages/rule.ts';
import { messageVariables } from '../../policy/messages/variables.ts';
import { shapeVariables } from '../../policy/text/shape-names.ts';
import { compileText } from '../../policy/text/text-template.ts';
import type { CompiledRule } from '../../policy/topics/compiled-rule.ts';
import { labelOf } from '../../policy/topics/rule.ts';
import type { PolicyConfig } from './open-policy.ts';
import type { Voucher } from './vouches-for.ts';

/** More lines about one name add nothing. */
const MAX_LINES = 20;

/** The first rule or target that relies on a name, as messages name it, and the count of all. */
export interface Reliance {
  readonly first: string[];
  count: number;
}

export type Reliances = Readonly<Record<BoundName, Reliance>>;

export function makeReliances(): Reliances {
  return { username: { first: [], count: 0 }, clientid: { first: [], count: 0 } };
}

/** @param subject of the sentence, such as `authorize.rules[0]: rule "own"`. */
function enter(reliances: Reliances, subject: () => string, uses: NameUses): void {
  for (const [name, how] of uses) {
    const reliance = reliances[name];
    reliance.count++;
    if (reliance.first.length < MAX_LINES) reliance.first.push(`${subject()} uses ${how}`);
  }
}

/** @param own how many of the rules are in the configuration; the others come from files. */
export function* authorizeReliances(
  rules: readonly CompiledRule[],
  own: number,
  into: Reliances,
): Steps<Reliances> {
  for (const [i, { rule, when }] of rules.entries()) {
    yield;
    const place = i < own ? `authorize.rules[${i}]` : 'authorize.sources';
    enter(into, () => `${place}: rule "${labelOf(rule, i)}"`, usesOfRule(rule, when?.uses));
  }
  return into;
}

/** @param conditions required if a rule has `when`. */
export function publishReliances(
  { publish }: PolicyConfig,
  conditions: CompileCondition | undefined,
): Reliances {
  const reliances = makeReliances();
  for (const [i, rule] of (publish?.rules ?? []).entries()) {
    const condition = rule.when === undefined ? undefined : conditions?.(rule.when, messageVariables);
    const variables = condition === undefined || 'problem' in condition ? undefined : condition.uses;
    const subject = () => `publish.rules[${i}]: rule "${messageLabel(rule, i)}"`;
    enter(reliances, subject, usesOfMessageRule(rule, variables));
  }
  return reliances;
}

/** Collects the names in the targets of event routes. */
export function targetReliances({ events }: PolicyConfig): Reliances {
  const reliances = makeReliances();
  for (const [i, { shape }] of (events?.routes ?? []).entries()) {
    if (shape.target === undefined) continue;
    const uses = usesOfTemplate(compileText(shape.target, shapeVariables));
    enter(reliances, () => `events.routes[${i}].shape: the target`, uses);
  }
  return reliances;
}

/** Yields a line for each use of a name, and for each method that admits clients without vouching for it. */
export function complaints(reliances: Reliances, vouchers: readonly Voucher[]): readonly string[] {
  return boundNames.flatMap((name) => {
    const { first, count } = reliances[name];
    const lacking = count === 0 ? [] : vouchers.filter((voucher) => !voucher.vouchesFor().has(name));
    const lines = first.flatMap((subject) => lacking.map((voucher) => complain(subject, name, voucher)));
    const others = lacking.length === 0 ? 0 : count - first.length;
    return others === 0
      ? lines
      : [...lines, `authorize: ${others} more rules use the ${nameWords[name]} in the same way`];
  });
}

function complain(subject: string, name: BoundName, { label, advise }: Voucher): string {
  return `${subject}, but ${label} does not vouch for the ${nameWords[name]}: clients can choose it; ${advise(name)}`;
}
