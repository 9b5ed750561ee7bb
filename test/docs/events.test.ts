/** Reads the configurations of docs/events.md, and holds its lists against what there is. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { targetNames } from '../../src/config/sections/shape.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { findConditionProblems } from '../../src/events/check-conditions.ts';
import { shapeVariables } from '../../src/policy/text/shape-names.ts';
import { readSource } from '../support/source.ts';
import { noSources } from '../support/sources.ts';
import { blocksOf } from './pages.ts';

const path = 'docs/events.md';
const page = readSource(path);
const examples = blocksOf(path).filter(({ language }) => language === 'yaml');

describe('docs/events.md', () => {
  it('has examples of configurations', () => {
    expect(examples.length).toBeGreaterThan(4);
  });

  it.each(examples)('has one that can be used: %#', async ({ text }) => {
    const {
      config,
      problems = [],
      warnings = [],
    } = loadConfig(noSources, { path, document: parseYaml(text) });
    expect([...problems, ...warnings].map(formatProblem)).toEqual([]);
    expect(await findConditionProblems(config?.events.routes ?? [])).toEqual([]);
  });

  it('lists every placeholder, and every name of a target', () => {
    const listed = [...page.matchAll(/^\| `\$\{(\w+)\}`/gm)].map(([, name]) => name);
    expect(listed).toEqual([...shapeVariables]);
    for (const name of targetNames) expect(page).toContain(`\`${name}\``);
  });

  it('has a place for the figures of the benchmark', () => {
    expect(page).toMatch(/<!-- bench:begin -->[\s\S]*<!-- bench:end -->/);
  });
});
