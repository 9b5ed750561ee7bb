import type { UnknownEnum } from '@bufbuild/protobuf';

/**
 * A generated message type as plain data: without `$typeName` and `$unknown`, without enum values of newer brokers, and
 * with every sub-message present, because the schemas fill or require them.
 */
export type Plain<T> = T extends Uint8Array | UnknownEnum
  ? Exclude<T, UnknownEnum>
  : T extends (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? {
          [Key in keyof T as Key extends '$typeName' | '$unknown' ? never : Key]-?: Plain<
            NonNullable<T[Key]>
          >;
        }
      : T;

/** `true` only when both types are the same to the last field and modifier. */
export type Exact<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The fields of both types that differ. */
export type Differing<A, B> = {
  [Key in keyof A & keyof B]-?: Exact<A[Key], B[Key]> extends true ? never : Key;
}[keyof A & keyof B];
