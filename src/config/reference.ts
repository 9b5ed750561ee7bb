/**
 * Renders the reference of the configuration as Markdown: docs/configuration.md is generated from the schema.
 */
import type * as z from 'zod';
import { code, describeDefault, tableRow, typeOf } from '../lib/schema/describe.ts';
import type { Key } from './key.ts';
import { keys } from './keys.ts';
import { Config } from './schema.ts';

const head = `# Configuration

<!-- Generated from src/config by scripts/generate.mjs: do not edit. -->

One YAML file, named by \`--config FILE\` or the environment variable \`EXHOOK_CONFIG\`; every key is optional.
Merge keys (\`<<: *name\`) are supported; top-level keys that begin with \`x-\` are ignored: use them for anchors.
Environment variables override the file, flags override both. There, lists are comma separated. An empty
variable counts as absent.

Durations are written \`250ms\`, \`10s\`, \`5m\`, \`1h\` or \`1d\` (a plain number is milliseconds); sizes \`512KiB\`,
\`16MiB\` or \`1GiB\` (\`MB\` is a million bytes, a plain number is bytes).

An unknown key, an unknown flag or an invalid value stops the server at start, with exit status 2
and a list of all problems. Unknown variables do not: Kubernetes sets \`EXHOOK_PORT\` and others beside a service
named \`exhook\`. For completion and validation in an editor, begin the file with

\`\`\`yaml
# yaml-language-server: $schema=./exhook.schema.json
\`\`\`

The flag \`--record FILE\` is not a key: it writes received calls to a file, for \`exhook replay\` and
\`exhook compare\`. With several workers, each writes its own file: \`traffic.jsonl\` becomes \`traffic.1.jsonl\`, \`traffic.2.jsonl\`.
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
  const cells = [code(key.name), typeOf(key.schema), written, names || 'only in the file', key.description];
  return tableRow(cells);
}

function describe(schema: z.ZodType): string {
  return schema.description ?? '';
}
