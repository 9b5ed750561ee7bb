/** A compiled message rule. */
import { askCondition, type Condition, type FailedCondition, type Holding } from '../condition.ts';
import { CheckFailure, reasonOf } from './failure.ts';
import { decodePayload, encodePayload, type MessageEdit, payloadOf } from './message-edit.ts';
import { type MessageRule, mayDrop, messageLabel, type OnMessageError } from './rule.ts';
import {
  type Change,
  compileChanges,
  compileEnvelope,
  compileSchemaCheck,
  type Requirement,
} from './steps.ts';
import type { PayloadCodec, Value, ValueCheck } from './value.ts';

/** The parts of a rule that must be loaded before it is compiled. */
export interface RuleParts {
  readonly decode?: readonly PayloadCodec[] | undefined;
  readonly encode?: readonly PayloadCodec[] | undefined;
  readonly schema?: ValueCheck | undefined;
  readonly when?: Condition<MessageEdit> | undefined;
}

/** The result of a rule for a message. */
export type Result =
  /** The rule does not apply; the message is unchanged. */
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'go'; readonly edit: MessageEdit; readonly isLast: boolean }
  | { readonly kind: 'drop'; readonly reason: string }
  /** The message passes unchanged, and no later rule is asked. */
  | { readonly kind: 'pass'; readonly reason: string }
  /** The rule cannot be applied. An undecided check drops the message. */
  | { readonly kind: 'fail'; readonly reason: string; readonly onError: OnMessageError };

export interface CompiledMessageRule {
  readonly rule: MessageRule;
  readonly label: string;
  /** From the rule, or from the section. */
  readonly onError: OnMessageError;
  /**
   * Never throws.
   *
   * @param isDoubtful it is unknown whether the rule applies to the sender
   */
  apply(edit: MessageEdit, failed: (condition: FailedCondition) => void, isDoubtful?: boolean): Result;
  /** The payload as this rule decodes it; `undefined` if it decodes nothing, or cannot. Never throws. */
  read(edit: MessageEdit): Value | undefined;
}

/** @throws TypeError if `findMessageRuleProblems` finds a problem in the rule. */
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
    onError: failing,
    apply(edit, failed, isDoubtful = false) {
      try {
        return machine.run(edit, failed, isDoubtful);
      } catch (error) {
        const isCheck = error instanceof CheckFailure;
        return { kind: 'fail', reason: reasonOf(error), onError: isCheck ? 'drop' : failing };
      }
    },
    read(edit) {
      if (parts.decode === undefined) return undefined;
      try {
        return payloadOf(decodePayload(edit, parts.decode));
      } catch {
        return undefined;
      }
    },
  };
}

const NOT_WHEN: Result = { kind: 'skip', reason: 'when does not hold' };
/** Its requirements are met. */
const ONLY_CHECKED: Result = {
  kind: 'skip',
  reason: 'only "require" was checked: it is unknown whether the rule applies to this message',
};

class RuleMachine {
  readonly #rule: MessageRule;
  readonly #label: string;
  readonly #parts: RuleParts;
  readonly #envelope: Requirement | undefined;
  readonly #schema: Requirement | undefined;
  readonly #changes: readonly Change[];
  /** The condition reads what this rule decodes. Otherwise it is evaluated first, to save the other steps. */
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
  run(before: MessageEdit, failed: (condition: FailedCondition) => void, isDoubtful: boolean): Result {
    const early = this.#isWhenLate ? true : this.#ask(before, failed);
    if (early === false) return NOT_WHEN;
    const unmet = this.#isWhenLate ? undefined : this.#envelope?.(before);
    if (unmet !== undefined) return this.#otherwise(unmet);
    const { decode } = this.#parts;
    const edit = decode === undefined ? before : decodePayload(before, decode);
    const late = this.#isWhenLate ? this.#ask(edit, failed) : early;
    if (late === false) return NOT_WHEN;
    const missed = (this.#isWhenLate ? this.#envelope?.(before) : undefined) ?? this.#schema?.(edit);
    if (missed !== undefined) return this.#otherwise(missed);
    return isDoubtful || late === 'unknown' ? ONLY_CHECKED : this.#act(edit);
  }

  /** `unknown` only for a rule that checks: it then checks and does nothing else. @throws CheckFailure */
  #ask(edit: MessageEdit, failed: (condition: FailedCondition) => void): Holding {
    const { when } = this.#parts;
    if (when === undefined) return true;
    let why = '';
    const held = askCondition(
      when,
      edit,
      (reason) => {
        why = reason;
        failed({ rule: this.#label, reason });
      },
      edit.work,
    );
    if (held !== 'unknown') return held;
    if (this.#rule.drop !== undefined) throw new CheckFailure(`when: ${why}`);
    return mayDrop(this.#rule) ? 'unknown' : false;
  }

  #act(decoded: MessageEdit): Result {
    const { drop, stop } = this.#rule;
    if (drop !== undefined) return { kind: 'drop', reason: drop === true ? 'the rule says so' : drop };
    let edit = this.#change(decoded);
    const { encode } = this.#parts;
    if (encode !== undefined) edit = encodePayload(edit, encode);
    return { kind: 'go', edit, isLast: stop === true };
  }

  #otherwise(reason: string): Result {
    return { kind: this.#rule.require?.else ?? 'drop', reason };
  }

  #change(edit: MessageEdit): MessageEdit {
    let changed = edit;
    for (const change of this.#changes) changed = change(changed, edit);
    return changed;
  }
}
