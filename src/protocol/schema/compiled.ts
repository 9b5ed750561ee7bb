/** The compiled schemas of every hook: every call uses them. */
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

/** Compilation generates code. With `--disallow-code-generation-from-strings`, parse without compiling. */
function compile<Schema extends z.ZodType>(schema: Schema): Schema {
  try {
    return z.compile(schema);
  } catch {
    return schema;
  }
}

/** Hooks with the same replies share an outcome. */
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

/** Compiled on first use, to keep startup fast. */
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

/** Describes the place and the expected value, never the value itself: `message.qos: must be a QoS`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}
