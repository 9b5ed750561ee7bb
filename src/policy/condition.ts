/**
 * Conditions of rules: `when`, a CEL expression over the validated input.
 *
 * The language is not part of the core. The caller that opens a policy passes a {@link CompileCondition}; the core
 * sees only pure functions.
 */

/** How to read the variables that an expression may name. Only those that it names are read. */
export type Variables<Input> = { readonly [name: string]: (input: Input) => unknown };

/** Errors for missing values. The rule does not apply to such an input. */
export const notThere = {
  field: 'a field that it names is not there',
  item: 'an index is beyond the end of a list',
} as const;

/** The expression failed on this input. The text never contains a value. */
export interface ConditionFailure {
  readonly failure: string;
}

/** Work budget shared by all conditions of one call; counted, never timed. */
export interface ConditionWork {
  /** Units left; exhausted below 0. */
  conditionWork: number;
}

/** Units per call. One evaluation may use two thirds, which leaves some for the other rules. */
export const MAX_CONDITION_WORK = 1_500_000;

/** Creates the budget of one call. */
export const conditionWork = (): ConditionWork => ({ conditionWork: MAX_CONDITION_WORK });

export interface Condition<Input> {
  readonly source: string;
  /** The variables that it names. */
  readonly uses: ReadonlySet<string>;
  /** Fields of list items that it reads without `has`, such as `r.v`: an item without the field makes it fail. */
  readonly unguarded?: readonly string[] | undefined;
  /**
   * Never throws; work and memory are bounded whatever the input.
   *
   * @param work the budget it draws on; evaluation fails when the budget is exhausted
   */
  test(input: Input, work?: ConditionWork): boolean | ConditionFailure;
}

/** What is wrong with an expression, and where. */
export interface ConditionProblem {
  readonly problem: string;
}

/** Compiles an expression when it is loaded. */
export type CompileCondition = <Input>(
  source: string,
  variables: Variables<Input>,
) => Condition<Input> | ConditionProblem;

/** The longest expression, in UTF-16 units. */
export const MAX_CONDITION_LENGTH = 4096;

/** A condition that failed, for the decision log and the counters. */
export interface FailedCondition {
  /** Name of the rule, or its position. */
  readonly rule: string;
  readonly reason: string;
}

/** `unknown`: it failed on existing values or exceeded the budget. The sender may have caused this on purpose. */
export type Holding = boolean | 'unknown';

/** Evaluates a condition and reports a failure. A condition on a missing value does not hold. */
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
