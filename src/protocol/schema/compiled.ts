/** The schemas of every hook, each compiled once: parsing them is on the path of every call. */
import * as z from 'zod';
import { Decision } from './decision.ts';
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

/** Hooks whose replies are the same have the same outcome. */
const outcomes = new Map<z.ZodType, z.ZodType>();

function outcomeOf(reply: z.ZodType): z.ZodType {
  const known = outcomes.get(reply);
  if (known !== undefined) return known;
  const outcome = compile(
    z.object({ reply, events: z.array(Event).optional(), decision: Decision.optional() }),
  );
  outcomes.set(reply, outcome);
  return outcome;
}

/** Compiled when first used: a server that starts has better things to do than to compile what may never be called. */
function schemaOf(name: HookName): HookSchema {
  let input: z.ZodType | undefined;
  let outcome: z.ZodType | undefined;
  return {
    get input() {
      input ??= compile(requests[name]);
      return input;
    },
    get outcome() {
      outcome ??= outcomeOf(replies[name]);
      return outcome;
    },
  };
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
