/** Decoded payload values, and the codec interfaces that rules use. */

/**
 * A JSON value, plus bytes, and integers beyond 2^53 as bigint (64 bits: -2^63 to 2^64-1).
 * Strings are well-formed Unicode. No key is `__proto__`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

export type ValueObject = { readonly [key: string]: Value };

/** Converts between bytes and a value. Its errors are named `CodecError` and describe the payload. */
export interface ValueCodec {
  readonly kind: 'value';
  readonly name: string;
  decode(bytes: Uint8Array): Value;
  encode(value: Value): Uint8Array;
  /** Like `decode`, for a value that may be changed and written back. Absent: `encode` loses nothing. */
  read?(bytes: Uint8Array): Reading;
}

/** A value, and how to write it back after changes. */
export interface Reading {
  readonly value: Value;
  /**
   * Writes the changed value. Unchanged parts keep details that the value does not show: unknown fields, the width of
   * numbers, extension types. Absent: there are no such details; use `encode`.
   */
  readonly rewrite?: ((changed: Value) => Uint8Array) | undefined;
}

/** Converts between bytes and bytes. */
export interface ByteCodec {
  readonly kind: 'bytes';
  readonly name: string;
  decode(bytes: Uint8Array): Uint8Array;
  encode(bytes: Uint8Array): Uint8Array;
}

export type PayloadCodec = ValueCodec | ByteCodec;

/**
 * Returns what is wrong with a value, or `undefined`. The text never contains the value.
 *
 * It may throw: then the check is undecided. The message of an error named `Undecided` says why.
 *
 * @param work shared by the checks of a message; each adds the work it does
 * @param mayHaveBytes false for a value from JSON, which saves the search for bytes. Default: true
 */
export type ValueCheck = (value: Value, work?: CheckWork, mayHaveBytes?: boolean) => string | undefined;

/** Work done by the checks of one message; counted, never timed. */
export interface CheckWork {
  /** In units of the check. */
  checkWork: number;
}

export function isValueObject(value: Value | undefined): value is ValueObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

export function isBytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
