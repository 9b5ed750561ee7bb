/** The shape of an event for a sink: which parts, in which format, under which names. */
import * as z from 'zod';
import { choice, expects, oneOf, section, text, whenValid } from '../../lib/schema/builders.ts';
import { shapeVariables } from '../../policy/text/shape-names.ts';
import { compileText } from '../../policy/text/text-template.ts';
import { sinkTargets, type TargetName } from '../../sinks/kinds.ts';

/** The sinks' names for the target of a delivery: all mean the same key. */
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
    target().describe(`An alias of target, for sinks that call it a ${noun}.`),
  ]);
  return {
    target: target().describe(
      `Where in the sink the event goes: the ${oneOf(nouns)}, with placeholders. When absent, the default of the sink.`,
    ),
    ...(Object.fromEntries(own) as { readonly [Name in TargetName]: Target }),
  };
}

const pathError = expects('a path into the data', 'names joined by dots, such as message.payload');
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
  pick: paths().describe('The parts of the data to keep, such as [message.topic, message.from].'),
  drop: paths().describe('The parts of the data to remove, such as [message.payload].'),
  key: template('a key', '"${clientid}"')
    .optional()
    .describe(
      'Events with the same key stay in order, and in one partition if the sink has partitions. The default is ${clientid}.',
    ),
  ...describeTargets(),
}))
  .superRefine((shape, context) => {
    const given = targetNames.filter((name) => shape[name] !== undefined);
    for (const name of given.slice(1))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `is an alias of ${given[0]}; keep one of the two`,
      });
  })
  .refine(({ pick, drop }) => pick === undefined || drop === undefined, {
    when: whenValid,
    path: ['drop'],
    error: 'cannot be combined with pick, which already removes everything else; keep one of the two',
  })
  .transform((shape) => {
    const { format, pick, drop, key } = shape;
    const name = targetNames.find((one) => shape[one] !== undefined);
    return { format, pick, drop, key, target: name && shape[name] };
  });
export type ShapeOptions = z.output<typeof Shape>;
