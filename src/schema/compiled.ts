/** The schemas of every hook, compiled once: parsing them is on the path of every call. */
import * as z from 'zod';
import { Event } from './event.ts';
import { type HookName, hookNames } from './hook-name.ts';
import { replies } from './replies.ts';
import { requests } from './requests.ts';

export interface HookSchema {
  readonly input: z.ZodType;
  readonly outcome: z.ZodType;
}

/** Compilation makes code at run time: where that is forbidden (`--disallow-code-generation-from-strings`), parse as is. */
function compile<Schema extends z.ZodType>(schema: Schema): Schema {
  try {
    return z.compile(schema);
  } catch {
    return schema;
  }
}

function schemaOf(name: HookName): HookSchema {
  const outcome = z.object({ reply: replies[name], events: z.array(Event).optional() });
  return { input: compile(requests[name]), outcome: compile(outcome) };
}

export const schemas = Object.fromEntries(hookNames.map((name) => [name, schemaOf(name)])) as {
  readonly [Name in HookName]: HookSchema;
};

/** Where a value is wrong and what it must be, without the value: `message.qos: must be a QoS`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}
