/** What a compiled schema is: a function that says yes or no, and leaves behind why not. */
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
 * References that one check may follow. A schema that refers to itself in several branches could otherwise take time
 * by the power of the payload's depth.
 */
const MAX_REFERENCES = 500_000;

/** One check of one value. */
export class Run {
  keyword = '';
  message = '';
  /** Keys and indexes from the failure outwards: pushed while the checks return. */
  readonly path: string[] = [];
  /** Schema resources that were entered, the outermost first: the dynamic scope. */
  readonly scope: Resource[] = [];
  #references = 0;

  /** Starts anew. Errors may have left something behind. */
  reset(): void {
    this.forget();
    if (this.scope.length > 0) this.scope.length = 0;
    this.#references = 0;
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

  /** @throws Undecided */
  countReference(): void {
    this.#references++;
    if (this.#references > MAX_REFERENCES) throw new Undecided('takes too much work');
  }
}

export const always: Check = () => true;

export const never: Check = (_value, run) => run.fail('false schema', 'boolean schema is false');
