/** What a hook must know that it was not given. */

/** Something to look up. `kind` names the look-up; the answer is filed under it. */
export interface Question {
  readonly kind: string;
  readonly [detail: string]: unknown;
}
