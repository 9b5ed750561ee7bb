/**
 * The sinks: a name, a kind, and a queue for each. The options of each kind are in its folder of src/sinks/.
 */
import * as z from 'zod';
import { expects, oneOf, section, text, yesOrNo } from '../../lib/schema/builders.ts';
import { path } from '../../lib/schema/files.ts';
import type { SinkKind } from '../../sinks/kind.ts';
import { type OptionsByKind, type SinkName, sinkKinds } from '../../sinks/kinds.ts';
import { Queue } from './queue.ts';

type KindOptions = { readonly [Kind in keyof OptionsByKind]: z.ZodOptional<OptionsByKind[Kind]> };

/** The options of each kind; a sink has exactly one. */
function describeKinds(): KindOptions {
  const options = sinkKinds.map(({ name, options, summary }) => [name, options.optional().describe(summary)]);
  return Object.fromEntries(options) as KindOptions;
}

const sinkNames = sinkKinds.map(({ name }) => name);

const DeadLetterFile = section(() => ({
  file: path('./dead-letters.jsonl').describe(
    'The file, relative to the configuration file: one JSON object per line, with the reason.',
  ),
}));

const Sink = section(
  () => ({
    ...describeKinds(),
    queue: Queue.prefault({}).describe('The queue in front of the sink.'),
    deadLetter: z
      .union([text('the name of a sink', 'the name of another sink'), DeadLetterFile], {
        error: expects('a place for dead letters', 'the name of another sink, or { file: PATH }'),
      })
      .optional()
      .describe(
        'Where events go that this sink rejects for good, with the reason: another sink, or a file. When absent, they are only counted and logged.',
      ),
    require: yesOrNo()
      .prefault(false)
      .describe('Whether the server is ready only while this sink is reachable. The default is false.'),
  }),
  'a sink',
).superRefine((sink, context) => {
  const given = sinkNames.filter((name) => sink[name] !== undefined);
  if (given.length === 1) return;
  const message =
    given.length === 0
      ? `has no kind; write one of ${oneOf(sinkNames.map((name) => `${name}:`))}`
      : `has several kinds, ${given.join(' and ')}; write a sink for each`;
  context.addIssue({ code: 'custom', message });
});
export type SinkSection = z.output<typeof Sink>;

const sinksError = expects('a mapping', 'sinks by their names, such as history:');

export const Sinks = z
  .record(z.string().regex(/^[A-Za-z0-9][\w-]{0,63}$/), Sink, {
    error: (issue) =>
      issue.code === 'invalid_key'
        ? 'is not the name of a sink; write letters, digits, "-" and "_", such as history'
        : sinksError(issue),
  })
  .prefault({})
  .describe(
    'The targets of routes, by name. Each has one of the kinds of docs/sinks.md, and queue, deadLetter and require. None by default.',
  );
export type Sinks = z.output<typeof Sinks>;

/** Returns the kind of a sink, and its options. */
export function kindOf(sink: SinkSection): { readonly kind: SinkKind<SinkName>; readonly options: unknown } {
  const kind = sinkKinds.find(({ name }) => sink[name] !== undefined) as SinkKind<SinkName>;
  return { kind, options: sink[kind.name] };
}
