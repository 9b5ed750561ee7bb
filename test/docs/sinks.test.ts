/** Reads the configurations of docs/sinks.md, and holds its sections against the kinds there are. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { sinkKinds } from '../../src/sinks/kinds.ts';
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

  it.each(sinkKinds.filter(({ isPipe }) => !isPipe))(
    'has a section with an example of $name',
    ({ name: kind }) => {
      expect(page).toContain(`\n## ${kind}\n`);
      expect(page).toContain(`(#${kind})`);
      expect(examples.some(({ text }) => new RegExp(`^ +${kind}:`, 'm').test(text))).toBe(true);
    },
  );
});
