/**
 * Conditions of rules: `when`, a CEL expression over the validated input.
 *
 * The language is not part of the core. Whoever opens a policy hands in a {@link CompileCondition}, and what the
 * core sees are pure functions.
 */

/** How to read the variables that an expression may name; only those it does name are read. */
export type Variables<Input> = { readonly [name: string]: (input: Input) => unknown };

/** Why an expression fails on what is not there: its rule is not about such an input. */
export const notThere = {
  field: 'a field that it names is not there',
  item: 'an index is beyond the end of a list',
} as const;

/** The expression failed on this input. Never tells a value. */
export interface ConditionFailure {
  readonly failure: string;
}

/** Work that all conditions of one call may do together: counted, never timed. */
export interface ConditionWork {
  /** Units that are left; below 0 there are none. */
  conditionWork: number;
}

/** Units of one call. One evaluation has two thirds of them, so that a costly rule leaves something for the others. */
export const MAX_CONDITION_WORK = 1_500_000;

/** For one call. */
export const conditionWork = (): ConditionWork => ({ conditionWork: MAX_CONDITION_WORK });

export interface Condition<Input> {
  readonly source: string;
  /** The variables that it names. */
  readonly uses: ReadonlySet<string>;
  /** Fields of list items that it reads unasked, such as `r.v`: one item without them makes it fail. */
  readonly unguarded?: readonly string[] | undefined;
  /**
   * Never throws; work and memory are bounded whatever the input.
   *
   * @param work what it does is taken from it, and it fails when nothing is left
   */
  test(input: Input, work?: ConditionWork): boolean | ConditionFailure;
}

/** What is wrong with an expression, with the place in it. */
export interface ConditionProblem {
  readonly problem: string;
}

/** Compiles an expression once, when it is loaded. */
export type CompileCondition = <Input>(
  source: string,
  variables: Variables<Input>,
) => Condition<Input> | ConditionProblem;

/** The longest expression, in UTF-16 units. */
export const MAX_CONDITION_LENGTH = 4096;

/** A condition that failed, for the decision log and the counters. */
export interface FailedCondition {
  /** Name of the rule, or its place. */
  readonly rule: string;
  readonly reason: string;
}

/** `unknown`: it failed on what is there, or took too much work. Whoever sent the input may have seen to that. */
export type Holding = boolean | 'unknown';

/** Does a condition hold? Reports one that failed. One that names what is not there does not hold. */
export function askCondition<Input>(
  condition: Condition<Input>,
  input: Input,
  failed: (reason: string) => void,
  work?: ConditionWork,
): Holding {
  const result = condition.test(input, work);
  if (typeof result === 'boolean') return result;
  failed(result.failure);
  return isNotThere(result.failure) ? false : 'unknown';
}

function isNotThere(reason: string): boolean {
  return reason === notThere.field || reason === notThere.item;
}
