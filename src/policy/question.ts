/** Information that a hook needs in addition to its input. */

/** A look-up request. `kind` names the look-up and is the key of the answer. */
export interface Question {
  readonly kind: string;
  readonly [detail: string]: unknown;
}
