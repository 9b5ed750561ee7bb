/** Runs the examples of docs/policies.md: a comment before each YAML block says what it is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/commands/check.ts';
import { testCommand } from '../../src/cli/commands/test.ts';
import { loginMethods } from '../../src/lookup/methods/kinds.ts';
import { loginParts } from '../../src/lookup/methods/reference.ts';
import { SECRET } from '../lookup/jwt/vectors.ts';
import { readSource, root } from '../support/source.ts';
import { aTerminal } from '../support/terminal.ts';

const page = readFileSync(join(root, 'docs/policies.md'), 'utf8');
const blocks = [...page.matchAll(/(?:<!-- (policy|file|test): (\S+) -->\n+)?```(yaml)?\n(.*?)```/gs)].map(
  ([, kind = '', name = '', language = '', text = '']) => ({ kind, name, language, text }),
);
const of = (kind: string) => blocks.filter((block) => block.kind === kind);
const env = { JWT_SECRET: SECRET, AUTH_HEADER: 'Bearer x', REDIS_PASSWORD: 'x' };

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

function directoryWith(policy: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-docs-'));
  directories.push(directory);
  for (const { name, text } of of('file')) writeFileSync(join(directory, name), text);
  writeFileSync(join(directory, 'exhook.yaml'), policy);
  return directory;
}

describe('docs/policies.md', () => {
  it('has no YAML that is not tried', () => {
    expect(blocks.filter(({ kind, language }) => language === 'yaml' && kind === '')).toEqual([]);
    expect(of('policy').length).toBeGreaterThan(8);
  });

  it('has the parts that are generated from the declarations of login methods', () => {
    const parts = loginParts((method) => readSource(`src/lookup/${method}/docs.md`));
    for (const [name, text] of Object.entries(parts))
      expect(page).toContain(`<!-- generated:${name} -->\n\n${text}\n<!-- /generated:${name} -->`);
  });

  it.each(loginMethods)('has an example in which a client logs in by the method $name', ({ name }) => {
    expect(of('policy').some(({ text }) => new RegExp(`^ +(- )?${name}:`, 'm').test(text))).toBe(true);
  });

  it.each(of('policy'))('policy $name is good', async ({ text }) => {
    const terminal = aTerminal();
    expect([
      await checkCommand(join(directoryWith(text), 'exhook.yaml'), env, terminal),
      terminal.errors,
    ]).toEqual([0, expect.not.stringContaining('problem')]);
  });

  it.each(of('test'))('test $name passes', async ({ name, text }) => {
    const policy = of('policy').find((block) => block.name === name);
    const file = join(directoryWith(policy?.text ?? ''), 'tests.yaml');
    writeFileSync(file, text);
    const terminal = aTerminal();
    const status = await testCommand([file], { tap: false }, env, terminal);
    expect([status, terminal.output, terminal.errors]).toEqual([
      0,
      expect.stringContaining('all as expected'),
      '',
    ]);
  });
});
