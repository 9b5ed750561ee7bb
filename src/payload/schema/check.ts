/** A compiled schema: a function that returns whether a value is valid, and records why not. */
import type { CheckWork } from '../../policy/messages/value.ts';
import type { Resource } from './registry.ts';
import type { Seen } from './seen.ts';
import { Undecided } from './undecided.ts';

/**
 * Reports whether the value is valid. If not, the run contains the first failure.
 *
 * @param seen collects what a tracking check evaluated, for `unevaluatedProperties` and `unevaluatedItems`; ignore what a
 * failed check added
 */
export type Check = (value: unknown, run: Run, seen: Seen | undefined) => boolean;

/**
 * Units per message, each about 50 ns; an item or a branch costs one. A schema that refers to itself in several branches
 * could otherwise take time exponential in the depth of the payload.
 */
const MAX_WORK = 2_000_000;
const REFERENCE = 4;
/** Cost per name of an object: a list of names is created first. */
const NAME = 2;

/** One check of one value. */
export class Run {
  keyword = '';
  message = '';
  /** Keys and indexes from the failure outwards: pushed as the checks return. */
  readonly path: string[] = [];
  /** Entered schema resources, outermost first: the dynamic scope. */
  readonly scope: Resource[] = [];
  #work: CheckWork = { checkWork: 0 };

  /**
   * Resets the run. An error may have left state behind.
   *
   * @param work shared by all checks of the message
   */
  reset(work: CheckWork = { checkWork: 0 }): void {
    this.forget();
    if (this.scope.length > 0) this.scope.length = 0;
    this.#work = work;
  }

  fail(keyword: string, message: string): false {
    this.keyword = keyword;
    this.message = message;
    return false;
  }

  /** Adds a key or index to the path of a failure. */
  failBelow(key: string | number): false {
    this.path.push(String(key));
    return false;
  }

  /** Discards a failure that does not fail the whole, such as one of several branches. */
  forget(): void {
    // Setting the length takes time, even if it does not change.
    if (this.path.length > 0) this.path.length = 0;
  }

  get left(): number {
    return MAX_WORK - this.#work.checkWork;
  }

  /** Charges for work before it is done. @throws Undecided if the budget is exhausted */
  charge(cost: number): void {
    this.#work.checkWork += cost;
    if (this.#work.checkWork > MAX_WORK) throw new Undecided('takes too much work');
  }

  /** @throws Undecided */
  countReference(): void {
    this.charge(REFERENCE);
  }

  /**
   * Returns the names of an object, and charges for visiting them.
   *
   * @param cost additional units per name
   * @throws Undecided
   */
  namesOf(members: object, cost = 0): string[] {
    const names = Object.keys(members);
    this.charge((NAME + cost) * names.length);
    return names;
  }
}

export const always: Check = () => true;

export const never: Check = (_value, run) => run.fail('false schema', 'boolean schema is false');
