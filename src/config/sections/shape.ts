/** What becomes of an event on its way into a sink: which parts, in which form, under which names. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, whenValid } from '../../lib/schema/builders.ts';
import { shapeVariables } from '../../policy/text/shape-names.ts';
import { compileText } from '../../policy/text/text-template.ts';
import { sinkTargets, type TargetName } from '../../sinks/kinds.ts';

/** What sinks call the place that a delivery goes to: all mean the same key. */
export const targetNames: readonly (TargetName | 'target')[] = [
  'target',
  ...sinkTargets.map(({ name }) => name),
];

const template = (noun: string, example: string) =>
  text(noun, `a text such as ${example}`).superRefine((source, context) => {
    try {
      compileText(source, shapeVariables);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `has an ${(error as Error).message}` });
    }
  });

const target = () => template('a name', '"mqtt.${topic}"').optional();

type Target = ReturnType<typeof target>;

function describeTargets(): { readonly [Name in TargetName | 'target']: Target } {
  const nouns = sinkTargets.map(({ noun }) => noun);
  const own = sinkTargets.map(({ name, noun }) => [
    name,
    target().describe(`The same as target, for sinks that call it a ${noun}.`),
  ]);
  return {
    target: target().describe(
      `Where in the sink the event goes: the ${oneOf(nouns)}, with placeholders. When absent, what the sink itself says.`,
    ),
    ...(Object.fromEntries(own) as { readonly [Name in TargetName]: Target }),
  };
}

const pathError = expects('a path into the data', 'names with dots between, such as message.payload');
const DataPath = z
  .string({ error: pathError })
  .regex(/^[A-Za-z][\w-]*(\.[A-Za-z0-9][\w-]*)*$/, { error: pathError });
const paths = () =>
  z
    .array(DataPath, { error: expects('a list', 'paths into the data, such as [message.payload]') })
    .min(1, { error: 'is empty; list a path, or remove it' })
    .optional();

export const Shape = section(() => ({
  format: choice(['structured', 'binary', 'raw'])
    .prefault('structured')
    .describe(
      'structured is CloudEvents JSON; binary has the context in headers or attributes and the payload as the body; raw is the payload alone. The default is structured.',
    ),
  pick: paths().describe('The only parts of the data that are kept, such as [message.topic, message.from].'),
  drop: paths().describe('Parts of the data that are left out, such as [message.payload].'),
  key: template('a key', '"${clientid}"')
    .optional()
    .describe(
      'Events with the same key stay in order, and in one partition where a sink has those. The default is ${clientid}.',
    ),
  ...describeTargets(),
}))
  .superRefine((shape, context) => {
    const given = targetNames.filter((name) => shape[name] !== undefined);
    for (const name of given.slice(1))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `says again where the event goes, as ${given[0]} does; keep one of the two`,
      });
  })
  .refine(({ pick, drop }) => pick === undefined || drop === undefined, {
    when: whenValid,
    path: ['drop'],
    error: 'cannot stand beside pick, which leaves out everything else already; keep one of the two',
  })
  .transform((shape) => {
    const { format, pick, drop, key } = shape;
    const name = targetNames.find((one) => shape[one] !== undefined);
    return { format, pick, drop, key, target: name && shape[name] };
  });
export type ShapeOptions = z.output<typeof Shape>;
