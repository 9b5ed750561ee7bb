import type * as z from 'zod';
import type { Exact } from '../wire/plain.ts';

/**
 * Pins a hand-written schema to the type that buf generated: `pin<Plain<v3.Message>>()(schema)`.
 *
 * A field added to, removed from, or changed in the `.proto` file without the schema following is a compile
 * error that names the field.
 */
export function pin<Generated>() {
  return <Schema extends z.ZodType>(
    schema: Exact<z.output<Schema>, Generated> extends true ? Schema : Exact<z.output<Schema>, Generated>,
  ): Schema => schema as Schema;
}
