/** Builds the generated parts of docs/sinks.md from the declarations of the kinds, for `npm run generate`. */
import { code, fillInOptions, lines, tableRow } from '../lib/schema/describe.ts';
import { findSecrets } from '../lib/schema/secret.ts';
import { hasKey } from '../lib/schema/walk.ts';
import type { SinkKind } from './kind.ts';
import { sinkKinds } from './kinds.ts';

/**
 * Returns the parts by their names in the page.
 *
 * @param proseOf the text about a kind: `src/sinks/KIND/docs.md`. The line `<!-- options -->` is replaced by its
 * options.
 */
export function sinkParts(proseOf: (kind: string) => string): Readonly<Record<string, string>> {
  return {
    'sink-list': lines(sinkKinds.map(({ name }) => `- ${linkTo(name)}`)),
    'sink-promises': describePromises(),
    'sink-options': describeAccess(),
    'sink-kinds': sinkKinds.map((kind) => describeKind(kind, proseOf(kind.name))).join('\n'),
  };
}

function describePromises(): string {
  return lines([
    tableRow(['kind', "order of a client's events", 'the same event several times', 'confirmed when']),
    '|---|---|---|---|',
    ...sinkKinds.flatMap(({ name, promises }) =>
      promises === undefined
        ? []
        : [tableRow([linkTo(name), promises.order, promises.repeats, promises.confirmed])],
    ),
  ]);
}

/** Lists where events end up, the name of the place, and which options are about TLS or secrets. */
function describeAccess(): string {
  return lines([
    tableRow(['kind', 'events go to', 'a route may say', 'TLS', 'secrets']),
    '|---|---|---|---|---|',
    ...sinkKinds.map(({ name, summary, target, options }) =>
      tableRow([
        linkTo(name),
        summary.replace(/\.$/, ''),
        target === undefined ? '' : code(`shape.${target.name}`),
        hasKey(options, 'tls') ? code('tls') : '',
        findSecrets(options).map(code).join(' '),
      ]),
    ),
  ]);
}

function describeKind({ name, options }: SinkKind, prose: string): string {
  return `## ${name}\n\n${fillInOptions(prose, options, `src/sinks/${name}/docs.md`)}`;
}

const linkTo = (name: string): string => `[${name}](#${name})`;
