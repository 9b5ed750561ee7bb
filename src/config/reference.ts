/** The reference of the configuration, as Markdown: docs/configuration.md is generated from the schema. */
import * as z from 'zod';
import { durationPattern, sizePattern } from '../lib/schema/units.ts';
import { alternatives } from '../lib/schema/walk.ts';
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
  const written =
    key.default === undefined
      ? 'absent'
      : code(String(JSON.stringify(key.default)).replace(/^"(.*)"$/, '$1'));
  const cells = [code(key.name), typeOf(key.schema), written, names || 'in the file only', key.description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const code = (text: string): string => `\`${text}\``;

function describe(schema: z.ZodType): string {
  return schema.description ?? '';
}

function typeOf(schema: z.core.$ZodType): string {
  const types = alternatives(schema);
  const quantity = types.map(quantityOf).find((name) => name !== undefined);
  const words = types.filter((type) => quantity === undefined || type instanceof z.ZodLiteral).map(wordOf);
  return [...new Set([...words, ...(quantity === undefined ? [] : [quantity])])].join(' or ');
}

function quantityOf(type: z.core.$ZodType): string | undefined {
  if (!(type instanceof z.ZodString)) return undefined;
  const patterns = (type.def.checks ?? []).map(({ _zod }) => (_zod.def as { pattern?: RegExp }).pattern);
  if (patterns.includes(durationPattern)) return 'duration';
  return patterns.includes(sizePattern) ? 'size' : undefined;
}

function wordOf(type: z.core.$ZodType): string {
  if (type instanceof z.ZodEnum)
    return type.options.length > 10 ? 'hook name' : type.options.map((name) => code(String(name))).join(', ');
  if (type instanceof z.ZodLiteral) return [...type.values].map((value) => code(String(value))).join(', ');
  if (type instanceof z.ZodArray) return `list of ${typeOf(type.element as z.ZodType)}`;
  if (type instanceof z.ZodRecord) return 'mapping of names';
  if (type instanceof z.ZodObject) return `{ ${Object.keys(type.shape).join(', ')} }`;
  if (type instanceof z.ZodNumber) return type.isInt ? 'whole number' : 'number';
  return type instanceof z.ZodBoolean ? 'true or false' : 'text';
}
