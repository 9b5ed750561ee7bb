/** What a compiled schema is: a function that says yes or no, and leaves behind why not. */
import type { CheckWork } from '../../policy/messages/value.ts';
import type { Resource } from './registry.ts';
import type { Seen } from './seen.ts';
import { Undecided } from './undecided.ts';

/**
 * Does the value meet the schema? If not, the run knows the first failure.
 *
 * @param seen where a check that was compiled to track adds what it evaluated, for `unevaluatedProperties` and
 * `unevaluatedItems`; what a check that failed has added means nothing
 */
export type Check = (value: unknown, run: Run, seen: Seen | undefined) => boolean;

/**
 * Units of one message, each about 50 ns: an item or a branch is one. A schema that refers to itself in several branches
 * could otherwise take time by the power of the payload's depth, and go through a long list in each.
 */
const MAX_WORK = 2_000_000;
const REFERENCE = 4;
/** Names of an object are a list that is made first. */
const NAME = 2;

/** One check of one value. */
export class Run {
  keyword = '';
  message = '';
  /** Keys and indexes from the failure outwards: pushed while the checks return. */
  readonly path: string[] = [];
  /** Schema resources that were entered, the outermost first: the dynamic scope. */
  readonly scope: Resource[] = [];
  #work: CheckWork = { checkWork: 0 };

  /**
   * Starts anew. Errors may have left something behind.
   *
   * @param work of all checks of the message
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

  /** A failure below the key or index. */
  failBelow(key: string | number): false {
    this.path.push(String(key));
    return false;
  }

  /** A failure that is not one of the whole, such as that of one branch of several. */
  forget(): void {
    // To set the length takes time, even to the one that it has.
    if (this.path.length > 0) this.path.length = 0;
  }

  get left(): number {
    return MAX_WORK - this.#work.checkWork;
  }

  /** Pays for work that is about to be done. @throws Undecided when there is not so much left */
  charge(cost: number): void {
    this.#work.checkWork += cost;
    if (this.#work.checkWork > MAX_WORK) throw new Undecided('takes too much work');
  }

  /** @throws Undecided */
  countReference(): void {
    this.charge(REFERENCE);
  }

  /**
   * The names of an object that are gone through.
   *
   * @param cost units for each name besides
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
