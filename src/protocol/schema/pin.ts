import type * as z from 'zod';
import type { Differing, Exact } from '../wire/plain.ts';

/**
 * Pins a hand-written schema to the type that buf generated: `pin<Plain<v3.Message>>()(schema)`.
 *
 * If a field of the `.proto` file is added, removed or changed, and the schema is not, compilation fails with an
 * error that names the field. The type is an inline text, so the compiler prints it in full.
 */
export function pin<Generated>() {
  return <Schema extends z.ZodType>(
    schema: Exact<z.output<Schema>, Generated> extends true
      ? Schema
      :
          | 'the schema has drifted from the .proto file'
          | `missing: ${Exclude<keyof Generated, keyof z.output<Schema>> & string}`
          | `surplus: ${Exclude<keyof z.output<Schema>, keyof Generated> & string}`
          | `differing: ${Differing<z.output<Schema>, Generated> & string}`,
  ): Schema => schema as Schema;
}
