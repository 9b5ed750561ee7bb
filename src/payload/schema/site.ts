/** What the compiler of a keyword is given, and what it makes. */
import type { Check } from './check.ts';
import type { Dialect } from './dialect.ts';
import type { FormatTest } from './formats.ts';
import type { Resource } from './registry.ts';
import type { Schema, SchemaObject } from './schema.ts';

/** Values that a keyword looks at; it holds for all others. */
export type Kind = 'any' | 'number' | 'string' | 'array' | 'object';

export type TypeName = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object';

/** A keyword's check is called with values of its kind only. */
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
  /** Do the checks add to {@link Seen} what they evaluate? */
  readonly tracks: boolean;
  /** The value of another keyword beside this one, `undefined` if it is not there or means nothing. */
  keyword(name: string): unknown;
  /** A subschema of the same value or of one below. @param tracks only for the same value */
  compile(schema: Schema, tracks: boolean): Check;
  /** What a reference leads to. @throws TypeError */
  follow(keyword: string, reference: string): Check;
  /** What a dynamic reference leads to, by the resources that were entered. @throws TypeError */
  followDynamic(keyword: string, reference: string): Check;
  /** @returns `undefined` for a format that is not known, or not to be checked */
  format(name: string): FormatTest | undefined;
}

/** @param value the keyword's */
export type KeywordCompiler = (value: never, site: Site) => Part | undefined;
