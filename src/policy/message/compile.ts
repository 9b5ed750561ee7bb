/** One message rule made ready to be applied. */
import { type Condition, type FailedCondition, holds } from '../condition.ts';
import { type Draft, decodeDraft, encodeDraft } from './draft.ts';
import { reasonOf } from './failure.ts';
import { type MessageRule, messageLabel, type OnMessageError } from './rule.ts';
import {
  type Change,
  compileChanges,
  compileEnvelope,
  compileSchemaCheck,
  type Requirement,
} from './steps.ts';
import type { PayloadCodec, ValueCheck } from './value.ts';

/** The parts of a rule that must be loaded before it can be compiled. */
export interface RuleParts {
  readonly decode?: readonly PayloadCodec[] | undefined;
  readonly encode?: readonly PayloadCodec[] | undefined;
  readonly schema?: ValueCheck | undefined;
  readonly when?: Condition<Draft> | undefined;
}

/** What a rule made of a message. */
export type Result =
  /** The rule is not about it: the message as it was. */
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'go'; readonly draft: Draft; readonly isLast: boolean }
  | { readonly kind: 'drop'; readonly reason: string }
  /** The message goes on as it came, and no rule after this one is asked. */
  | { readonly kind: 'pass'; readonly reason: string }
  /** The rule cannot be applied. */
  | { readonly kind: 'fail'; readonly reason: string; readonly onError: OnMessageError };

export interface CompiledMessageRule {
  readonly rule: MessageRule;
  readonly label: string;
  /** Never throws. */
  apply(draft: Draft, failed: (condition: FailedCondition) => void): Result;
}

/** @throws TypeError for a rule that `findMessageRuleProblems` objects to. */
export function compileMessageRule(
  rule: MessageRule,
  index: number,
  parts: RuleParts,
  onError: OnMessageError,
): CompiledMessageRule {
  const label = messageLabel(rule, index);
  const machine = new RuleMachine(rule, label, parts);
  const failing = rule.onError ?? onError;
  return {
    rule,
    label,
    apply(draft, failed) {
      try {
        return machine.run(draft, failed);
      } catch (error) {
        return { kind: 'fail', reason: reasonOf(error), onError: failing };
      }
    },
  };
}

const NOT_WHEN: Result = { kind: 'skip', reason: 'when does not hold' };

class RuleMachine {
  readonly #rule: MessageRule;
  readonly #label: string;
  readonly #parts: RuleParts;
  readonly #envelope: Requirement | undefined;
  readonly #schema: Requirement | undefined;
  readonly #changes: readonly Change[];
  /** The condition looks at what this rule decodes; else it is asked first, and spares the rest. */
  readonly #isWhenLate: boolean;

  constructor(rule: MessageRule, label: string, parts: RuleParts) {
    this.#rule = rule;
    this.#label = label;
    this.#parts = parts;
    this.#envelope = rule.require && compileEnvelope(rule.require);
    this.#schema = parts.schema && compileSchemaCheck(parts.schema);
    this.#changes = rule.set === undefined ? [] : compileChanges(rule.set);
    this.#isWhenLate = parts.decode !== undefined && parts.when?.uses.has('payload') === true;
  }

  /** @throws RuleFailure */
  run(before: Draft, failed: (condition: FailedCondition) => void): Result {
    if (!this.#isWhenLate && !this.#holds(before, failed)) return NOT_WHEN;
    const early = this.#isWhenLate ? undefined : this.#envelope?.(before);
    if (early !== undefined) return this.#otherwise(early);
    const { decode, encode } = this.#parts;
    let draft = decode === undefined ? before : decodeDraft(before, decode);
    if (this.#isWhenLate && !this.#holds(draft, failed)) return NOT_WHEN;
    const late = (this.#isWhenLate ? this.#envelope?.(before) : undefined) ?? this.#schema?.(draft);
    if (late !== undefined) return this.#otherwise(late);
    const { drop, stop } = this.#rule;
    if (drop !== undefined) return { kind: 'drop', reason: drop === true ? 'the rule says so' : drop };
    draft = this.#change(draft);
    if (encode !== undefined) draft = encodeDraft(draft, encode);
    return { kind: 'go', draft, isLast: stop === true };
  }

  #holds(draft: Draft, failed: (condition: FailedCondition) => void): boolean {
    const { when } = this.#parts;
    return when === undefined || holds(when, draft, (reason) => failed({ rule: this.#label, reason }));
  }

  #otherwise(reason: string): Result {
    return { kind: this.#rule.require?.else ?? 'drop', reason };
  }

  #change(draft: Draft): Draft {
    let changed = draft;
    for (const change of this.#changes) changed = change(changed, draft);
    return changed;
  }
}
