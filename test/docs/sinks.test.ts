/** Reads the configurations of docs/sinks.md, and holds its sections against the kinds there are. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { describeOptions } from '../../src/lib/schema/describe.ts';
import { sinkKinds } from '../../src/sinks/kinds.ts';
import { sinkParts } from '../../src/sinks/reference.ts';
import { readSource } from '../support/source.ts';
import { noSources } from '../support/sources.ts';
import { blocksOf } from './pages.ts';

const path = 'docs/sinks.md';
const page = readSource(path);
const examples = blocksOf(path).filter(({ language }) => language === 'yaml');

describe('docs/sinks.md', () => {
  it.each(examples)('has an example that can be used: %#', ({ text }) => {
    const { problems = [], warnings = [] } = loadConfig(noSources, { path, document: parseYaml(text) });
    expect([...problems, ...warnings].map(formatProblem)).toEqual([]);
  });

  it.each(sinkKinds)(
    'has a section of $name with an example and with all of its options',
    ({ name, options }) => {
      const [, section = ''] = page.split(`\n## ${name}\n`);
      expect(section).toContain(describeOptions(options));
      expect(page).toContain(`- [${name}](#${name})\n`);
      expect(examples.some(({ text }) => new RegExp(`^ +${name}:`, 'm').test(text))).toBe(true);
    },
  );

  it('has the parts that are generated from the declarations', () => {
    const parts = sinkParts((kind) => readSource(`src/sinks/${kind}/docs.md`));
    for (const [name, text] of Object.entries(parts))
      expect(page).toContain(`<!-- generated:${name} -->\n\n${text}\n<!-- /generated:${name} -->`);
  });

  it('says of each kind which options are secrets, and whether there is TLS', () => {
    const row = (kind: string) => page.match(new RegExp(`^\\| \\[${kind}\\].*shape.*\\|$`, 'm'))?.[0];
    expect(row('nats')).toContain('| `tls` | `password` `token` `nkey` `credentials` |');
    expect(row('http')).toContain('| `tls` | `headers.*` `signature.secret` |');
    expect(row('kafka')).toContain('| `tls` | `sasl.password` |');
  });
});
