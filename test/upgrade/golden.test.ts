/** What configurations meant when they were written they mean today: see golden/README.md. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testCommand } from '../../src/cli/commands/test.ts';
import { deprecations } from '../../src/config/deprecations.ts';
import { registeredHooks } from '../../src/config/hook-list.ts';
import { keys } from '../../src/config/keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { oldKeys } from '../../src/config/old-keys.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { version } from '../../src/lib/version.ts';
import { aTerminal } from '../cli/commands/fake-terminal.ts';
import { root } from '../support/source.ts';
import { noSources } from '../support/sources.ts';

const golden = join(root, 'test/upgrade/golden');
const foldersIn = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
const releases = foldersIn(golden);
const parts = releases.flatMap((release) =>
  foldersIn(join(golden, release)).map((part) => join(release, part)),
);
const having = (file: string) => parts.filter((part) => existsSync(join(golden, part, file)));

const read = (...path: string[]) => readFileSync(join(golden, ...path), 'utf8');
const env = { JWT_SECRET: 'a secret of thirty-two bytes or more', AUTH_HEADER: 'Bearer x' };

/** The configuration, and which hooks brokers are asked to call. */
function loadPart(part: string) {
  const file = { path: 'exhook.yaml', document: parseYaml(read(part, 'exhook.yaml')) };
  const loaded = loadConfig(noSources, file);
  if (loaded.config === undefined) throw new Error(loaded.problems?.map(formatProblem).join('\n'));
  const { config, warnings = [] } = loaded;
  const hooks = registeredHooks(config, []).map(({ name, topics }) => ({ name, topics }));
  // As in JSON: without absent fields.
  return { warnings, meaning: JSON.parse(JSON.stringify({ hooks, config })) as object };
}

// For a release that is about to come out; afterwards its files stay as they are.
// A writer, and no test: it is not there unless it is asked for.
if (process.env.EXHOOK_WRITE_GOLDEN !== undefined) {
  it('writes what this release takes, and comes to', () => {
    const write = (file: string, value: object) =>
      writeFileSync(join(golden, version, file), `${JSON.stringify(value, undefined, 2)}\n`);
    write('names.json', {
      variables: keys.flatMap(({ variables }) => variables),
      flags: keys.flatMap(({ flags }) => flags),
    });
    for (const part of foldersIn(join(golden, version)))
      if (!existsSync(join(golden, version, part, 'tests.yaml')))
        write(join(part, 'expected.json'), loadPart(join(version, part)).meaning);
  });
}

describe.each(parts)('%s', (part) => {
  it('is a good configuration; only old keys may be warned of', () => {
    const { warnings } = loadPart(part);
    const others = warnings.filter(({ message }) => !/ since \d+\.\d+\.\d+; /.test(message));
    expect(others.map(formatProblem)).toStrictEqual([]);
    expect(deprecations.length > 0 || warnings.length === 0).toBe(true);
  });
});

it.each(having('tests.yaml'))('%s: decides as it did', async (part) => {
  const terminal = aTerminal();
  const status = await testCommand([join(golden, part, 'tests.yaml')], { tap: false }, env, terminal);
  expect([
    ...terminal.printed.filter((line) => !line.startsWith('ok')),
    ...terminal.complained,
  ]).toStrictEqual([
    expect.stringMatching(/^\d+ facts, all as expected\.$/),
    ...terminal.printed.filter((line) => /rules (decided something|applied)/.test(line)),
  ]);
  expect(status).toBe(0);
});

it.each(having('expected.json'))('%s: comes to the same values and hooks', (part) => {
  expect(loadPart(part).meaning).toMatchObject(JSON.parse(read(part, 'expected.json')));
});

it.each(releases)('%s: its variables and flags are still taken', (release) => {
  const then = JSON.parse(read(release, 'names.json')) as { variables: string[]; flags: string[] };
  const now = [...keys, ...oldKeys(deprecations)];
  expect(now.flatMap(({ variables }) => variables)).toEqual(expect.arrayContaining(then.variables));
  expect(now.flatMap(({ flags }) => flags)).toEqual(expect.arrayContaining(then.flags));
});

it('has each of them checked in one way at least', () => {
  const checked = new Set([...having('tests.yaml'), ...having('expected.json')]);
  expect(parts.filter((part) => !checked.has(part))).toStrictEqual([]);
});
