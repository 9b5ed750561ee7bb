/** The reference of the configuration, as Markdown: docs/configuration.md is generated from the schema. */
import type * as z from 'zod';
import { code, describeDefault, tableRow, typeOf } from '../lib/schema/describe.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import { Config } from './schema.ts';

const head = `# Configuration

<!-- Generated from src/config by scripts/generate.mjs: do not edit. -->

One YAML file, named by \`--config FILE\` or the environment variable \`EXHOOK_CONFIG\`; every key is optional.
Merge keys (\`<<: *name\`) are followed; keys at the top that begin with \`x-\` are yours, as a place for anchors.
Environment variables win over the file, flags win over both. Lists are comma separated there. An empty
variable counts as absent.

Durations are written \`250ms\`, \`10s\`, \`5m\`, \`1h\` or \`1d\` (a plain number is milliseconds); sizes \`512KiB\`,
\`16MiB\` or \`1GiB\` (\`MB\` is a million bytes, a plain number is bytes).

An unknown key, an unknown flag and a value that does not fit stop the server at its start, with exit status 2
and every problem at once. Unknown variables do not: Kubernetes sets \`EXHOOK_PORT\` and others beside a service
named \`exhook\`. For completion and checks in an editor, begin the file with

\`\`\`yaml
# yaml-language-server: $schema=./exhook.schema.json
\`\`\`

The flag \`--record FILE\` is no key: it writes the calls received to a file, for \`exhook replay\` and
\`exhook compare\`. With several workers, each writes a file of its own: \`traffic.jsonl\` becomes \`traffic.1.jsonl\`, \`traffic.2.jsonl\`.
`;

export function configReference(): string {
  const sections = Object.entries(Config.shape).map(([name, schema]) => {
    const inner = keys.filter(({ path }) => path[0] === name);
    const title = inner.length === 1 && inner[0]?.name === name ? '' : `${describe(schema)}\n\n`;
    return `## ${name}\n\n${title}${tableOf(inner)}`;
  });
  return `${[head, ...sections].join('\n')}`;
}

function tableOf(rows: readonly Key[]): string {
  const header = ['| key | type | default | variable and flag | meaning |', '|---|---|---|---|---|'];
  return `${[...header, ...rows.map(rowOf)].join('\n')}\n`;
}

function rowOf(key: Key): string {
  const names = [...key.variables, ...key.flags.map((flag) => `--${flag}`)].map(code).join(' ');
  const written = describeDefault(key.schema);
  const cells = [code(key.name), typeOf(key.schema), written, names || 'in the file only', key.description];
  return tableRow(cells);
}

function describe(schema: z.ZodType): string {
  return schema.description ?? '';
}
