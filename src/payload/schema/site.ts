/** Input and output of the compiler of a keyword. */
import type { Check } from './check.ts';
import type { Dialect } from './dialect.ts';
import type { FormatTest } from './formats.ts';
import type { Resource } from './registry.ts';
import type { Schema, SchemaObject } from './schema.ts';

/** The kind of values that a keyword checks; it holds for all others. */
export type Kind = 'any' | 'number' | 'string' | 'array' | 'object';

export type TypeName = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object';

/** A keyword's check is called only with values of its kind. */
export interface Part {
  readonly kind: Kind;
  readonly check: Check;
  /** Holds for values of this type only. */
  readonly narrows?: TypeName | undefined;
}

/** A schema object that is being compiled. */
export interface Site {
  readonly schema: SchemaObject;
  readonly resource: Resource;
  readonly dialect: Dialect;
  /** The checks add to {@link Seen} what they evaluate. */
  readonly tracks: boolean;
  /** Returns the value of a sibling keyword; `undefined` if it is absent or has no meaning. */
  keyword(name: string): unknown;
  /** Compiles a subschema of the same value or of a member. @param tracks only for the same value */
  compile(schema: Schema, tracks: boolean): Check;
  /** Compiles the target of a reference. @throws TypeError */
  follow(keyword: string, reference: string): Check;
  /** Compiles the target of a dynamic reference, by the entered resources. @throws TypeError */
  followDynamic(keyword: string, reference: string): Check;
  /** @returns `undefined` for an unknown format, or if formats are not checked */
  format(name: string): FormatTest | undefined;
}

/** @param value the keyword's */
export type KeywordCompiler = (value: never, site: Site) => Part | undefined;
