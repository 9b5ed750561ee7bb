/** What a payload is decoded to, and what turns it into one: the parts of a codec that rules see. */

/**
 * A value as JSON has it, and besides: bytes, and integers beyond 2^53 as bigint (64 bits: -2^63 to 2^64-1).
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

/** Between bytes and a value. What it throws is named `CodecError` and has a message about the payload. */
export interface ValueCodec {
  readonly kind: 'value';
  readonly name: string;
  decode(bytes: Uint8Array): Value;
  encode(value: Value): Uint8Array;
  /** As `decode`, for a value that may be changed and written back. Absent: `encode` writes all that there was. */
  read?(bytes: Uint8Array): Reading;
}

/** A value, and how it is written back when parts of it have changed. */
export interface Reading {
  readonly value: Value;
  /**
   * Writes what `value` became. What did not change keeps what a value does not say: unknown fields, the width of
   * numbers, extension types. Absent: there is nothing of that kind, and `encode` does.
   */
  readonly rewrite?: ((changed: Value) => Uint8Array) | undefined;
}

/** Between bytes and bytes. */
export interface ByteCodec {
  readonly kind: 'bytes';
  readonly name: string;
  decode(bytes: Uint8Array): Uint8Array;
  encode(bytes: Uint8Array): Uint8Array;
}

export type PayloadCodec = ValueCodec | ByteCodec;

/**
 * What is wrong with a value, `undefined` when nothing is. Never tells the value.
 *
 * It may throw: then nothing is known of the value. The text of an error that is named `Undecided` tells why.
 *
 * @param work what the checks of a message share; it adds to it what it does
 * @param mayHaveBytes false for a value that was read from JSON: looking for bytes takes time. Default: true
 */
export type ValueCheck = (value: Value, work?: CheckWork, mayHaveBytes?: boolean) => string | undefined;

/** What the checks of one message have done so far: counted, never timed. */
export interface CheckWork {
  /** Units of the check's own. */
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
