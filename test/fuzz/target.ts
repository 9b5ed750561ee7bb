/** A fuzz target: an input that anybody may send or write, and the property that must hold. */
import type fc from 'fast-check';

/** Inputs are plain JSON, to be stored in the corpus; bytes are in base64. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Target<Input extends Json = Json> {
  readonly name: string;
  readonly input: fc.Arbitrary<Input>;
  /** @throws when something does not hold. Pure: the same input gives the same result. */
  check(input: Input): void;
}

/** Opened once: a target reads its files then. Paths are relative to the repository. */
export type OpenTarget = () => Promise<Target> | Target;

/** A target with its own type of input. */
export function defineTarget<Input extends Json>(target: Target<Input>): Target {
  return target as unknown as Target;
}

/** Fails with the expectation. */
export function ensure(isGood: boolean, expected: string): asserts isGood {
  if (!isGood) throw new Error(`expected: ${expected}`);
}

/** Returns the result; undefined for an allowed error. Rethrows any other. */
export function attempt<T>(work: () => T, isAllowed: (error: unknown) => boolean): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isAllowed(error)) return undefined;
    throw error;
  }
}

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
