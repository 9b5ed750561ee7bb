/** Decides on a message: applies all matching rules in order, until one ends the list. */
import type { Decision } from '../../protocol/schema/decision.ts';
import { drop, pass, type ReplyOf, rewrite } from '../../protocol/schema/replies.ts';
import type { FailedCondition } from '../condition.ts';
import type { Mode } from '../policy.ts';
import type { CompiledMessageRule, Result } from './compile.ts';
import { reasonOf } from './failure.ts';
import { type MessageEdit, type PublishInput, senderOf, settleEdit, startEdit } from './message-edit.ts';
import type { OnMessageError } from './rule.ts';
import type { Select } from './select.ts';
import { isBytesEqual } from './value.ts';

export interface PublishPolicy {
  readonly select: Select;
  readonly rules: readonly CompiledMessageRule[];
  readonly onError: OnMessageError;
  readonly mode: Mode;
  /** Where rules judge messages of clients: at message.publish, or at message.ingress if the broker supports it. */
  readonly at: 'publish' | 'ingress' | 'auto';
  /** How a client learns that its message was stopped at message.ingress. */
  readonly ingressDrop: 'silent' | 'disconnect';
  /**
   * Reports whether message.ingress has judged the message of this message.publish call.
   *
   * Not a pure function, like `grantsOf`: it reads what the runtime remembers of broker nodes.
   */
  readonly wasAtIngress?: ((input: PublishInput) => boolean) | undefined;
}

export interface PublishOutcome {
  readonly reply: ReplyOf<'message.publish'>;
  readonly decision: Decision;
}

/** Called for each rule that matched, for `exhook explain`. */
export type Observe = (rule: CompiledMessageRule, before: MessageEdit, result: Result) => void;

/** A pure function of the message. Never throws. */
export function decideMessage(policy: PublishPolicy, input: PublishInput, observe?: Observe): PublishOutcome {
  const sender = senderOf(input);
  const { rules, notes, doubtful } = policy.select(sender, input.message.topic);
  const run = new Run(policy, startEdit(input, sender));
  for (const index of rules) {
    const rule = policy.rules[index];
    if (rule !== undefined && !run.apply(rule, doubtful?.includes(index) === true, observe)) break;
  }
  const { reply, decision } = run.outcome();
  const { failed } = run;
  if (notes.length === 0 && failed === undefined) return { reply, decision };
  return {
    reply,
    decision: { ...decision, ...(notes.length > 0 && { notes }), ...(failed && { conditions: failed }) },
  };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Ending = Exclude<Result, { kind: 'skip' | 'go' }>;
type Failing = Extract<Result, { kind: 'fail' }>;

class Run {
  readonly #policy: PublishPolicy;
  readonly #isShadow: boolean;
  #edit: MessageEdit;
  /** Labels of the applied rules. */
  readonly #applied: string[] = [];
  #ending: Ending | undefined;
  /** The rule that changed a value not yet written back. Its `onError` counts if writing fails. */
  #unwritten: CompiledMessageRule | undefined;
  failed: FailedCondition[] | undefined;

  constructor(policy: PublishPolicy, edit: MessageEdit) {
    this.#policy = policy;
    this.#isShadow = policy.mode === 'shadow';
    this.#edit = edit;
  }

  readonly #fail = (condition: FailedCondition): void => {
    this.failed ??= [];
    this.failed.push(condition);
  };

  /** Reports whether to ask the next rule. */
  apply(rule: CompiledMessageRule, isDoubtful: boolean, observe: Observe | undefined): boolean {
    const result = rule.apply(this.#edit, this.#fail, isDoubtful);
    observe?.(rule, this.#edit, result);
    if (result.kind === 'skip') return true;
    this.#applied.push(rule.label);
    if (result.kind === 'go') {
      this.#noteUnwritten(rule, result.edit);
      this.#edit = result.edit;
      return !result.isLast;
    }
    this.#ending = result.kind === 'fail' ? this.#blame(result) : result;
    return false;
  }

  /** If several rules changed it, one with `onError: drop` takes precedence. */
  #noteUnwritten(rule: CompiledMessageRule, { view }: MessageEdit): void {
    if (view?.isChanged !== true) this.#unwritten = undefined;
    else if (view !== this.#edit.view && this.#unwritten?.onError !== 'drop') this.#unwritten = rule;
  }

  /** A rule may fail because a change by an earlier rule cannot be written: the failure belongs to the earlier rule. */
  #blame(failure: Failing): Failing {
    const rule = this.#unwritten;
    if (rule === undefined || failure.onError === rule.onError) return failure;
    try {
      settleEdit(this.#edit);
      return failure;
    } catch (error) {
      return {
        kind: 'fail',
        reason: reasonOf(error),
        onError: failure.onError === 'drop' ? 'drop' : rule.onError,
      };
    }
  }

  outcome(): PublishOutcome {
    const ending = this.#ending;
    if (ending === undefined) return this.#finish();
    const { kind, reason } = ending;
    if (kind !== 'fail') return this.#ended(kind, reason, false);
    return this.#ended(ending.onError, reason, true);
  }

  #ended(verdict: 'drop' | 'pass', reason: string, isFailure: boolean): PublishOutcome {
    const by = this.#applied.at(-1) ?? '';
    const reply = verdict === 'drop' && !this.#isShadow ? drop(`${by}: ${reason}`) : pass();
    return { reply, decision: this.#decision(verdict, by, reason, isFailure) };
  }

  #finish(): PublishOutcome {
    if (this.#applied.length === 0)
      return { reply: pass(), decision: this.#decision('pass', 'otherwise', 'no rule matches', false) };
    const by = this.#applied.join(', ');
    let edit: MessageEdit;
    try {
      edit = settleEdit(this.#edit);
    } catch (error) {
      return this.#ended(this.#unwritten?.onError ?? this.#policy.onError, reasonOf(error), true);
    }
    const { topic, qos, payload } = edit.input.message;
    // Without spreads, here and below: each costs a fraction of a microsecond per message.
    const change: Parameters<typeof rewrite>[0] = {};
    if (edit.topic !== topic) change.topic = edit.topic;
    if (edit.qos !== qos) change.qos = edit.qos as 0 | 1 | 2;
    if (!isBytesEqual(edit.payload, payload)) change.payload = edit.payload as typeof payload;
    const changed = Object.keys(change);
    if (changed.length === 0)
      return { reply: pass(), decision: this.#decision('pass', by, 'nothing changed', false) };
    const reason = `changed: ${changed.join(', ')}`;
    return {
      reply: this.#isShadow ? pass() : rewrite(change),
      decision: this.#decision('rewrite', by, reason, false),
    };
  }

  #decision(verdict: Decision['verdict'], by: string, reason: string, isFailure: boolean): Decision {
    const decision: Writable<Decision> = { verdict, by, reason, isShadow: this.#isShadow };
    if (this.#applied.length > 0) decision.rules = this.#applied;
    if (isFailure) decision.isFailure = true;
    return decision;
  }
}
