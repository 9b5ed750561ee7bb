/** How to process payloads of one type of an Avro schema. */
import type { Type } from 'avsc';
import { CodecError } from '../error.ts';
import type { Value } from '../value.ts';
import type { AvroScan } from './scan.ts';

/** A place in a value: a linked list. The path is written out only for an error. */
export interface Place {
  readonly parent: Place | undefined;
  readonly name: string | number;
}

/** One type of a schema. The library's values have all unions wrapped. */
export interface AvroPlan {
  /** For errors: "a number". */
  readonly expected: string;
  /** Skips a value at this depth. @throws CodecError */
  scan(scan: AvroScan, depth: number): void;
  fromLibrary(value: unknown): Value;
  /** @throws CodecError `schema` */
  toLibrary(value: Value, place: Place | undefined): unknown;
}

export interface PlanOptions {
  /** `auto`: a union is its bare value if its branches look different in JSON. */
  readonly unions: 'auto' | 'wrapped';
  /** When encoding a record: how to treat fields that are not in the schema. */
  readonly extraFields: 'refuse' | 'drop';
}

/** Plans types by their schema. A schema may contain itself, so a plan is looked up at each use. */
export type Planner = (type: Type) => () => AvroPlan;

/** Makes the error for a value that does not fit the schema. */
export function misfit(place: Place | undefined, expected: string): CodecError {
  let path = '';
  for (let at = place; at !== undefined; at = at.parent) path = `/${at.name}${path}`;
  return new CodecError('schema', `does not fit the schema at ${path || 'its top'}: expected ${expected}`);
}
