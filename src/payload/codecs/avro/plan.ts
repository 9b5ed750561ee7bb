/** What one type of an Avro schema means for payloads. */
import type { Type } from 'avsc';
import { CodecError } from '../error.ts';
import type { Value } from '../value.ts';
import type { AvroScan } from './scan.ts';

/** Where in a value: a linked list, so that the path is written out only when something is wrong there. */
export interface Place {
  readonly parent: Place | undefined;
  readonly name: string | number;
}

/** One type of a schema. The library's value is what the library reads and writes, with all unions wrapped. */
export interface AvroPlan {
  /** For errors: "a number". */
  readonly expected: string;
  /** Steps over a value at this depth. @throws CodecError */
  scan(scan: AvroScan, depth: number): void;
  fromLibrary(value: unknown): Value;
  /** @throws CodecError `schema` */
  toLibrary(value: Value, place: Place | undefined): unknown;
}

export interface PlanOptions {
  /** `auto`: a union is its bare value when its branches look different in JSON. */
  readonly unions: 'auto' | 'wrapped';
  /** Of a record that is encoded: fields that the schema has not. */
  readonly extraFields: 'refuse' | 'drop';
}

/** Plans types by their schema. A schema may contain itself, so a plan is looked up each time it is used. */
export type Planner = (type: Type) => () => AvroPlan;

/** The error for a value that does not fit the schema. */
export function misfit(place: Place | undefined, expected: string): CodecError {
  let path = '';
  for (let at = place; at !== undefined; at = at.parent) path = `/${at.name}${path}`;
  return new CodecError('schema', `does not fit the schema at ${path || 'its top'}: expected ${expected}`);
}
