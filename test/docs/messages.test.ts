/** Runs the examples of docs/messages.md. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/commands/check.ts';
import { testCommand } from '../../src/cli/commands/test.ts';
import { aTerminal } from '../support/terminal.ts';
import { blocksOf, temporaryDirectories } from './pages.ts';

const blocks = blocksOf('docs/messages.md');
const of = (kind: string) => blocks.filter((block) => block.kind === kind);
const makeDirectory = temporaryDirectories();
const files = Object.fromEntries(of('file').map(({ name, text }) => [name, text]));
const directoryWith = (policy: string) => makeDirectory({ ...files, 'exhook.yaml': policy });

describe('docs/messages.md', () => {
  it('has no YAML that is not tried', () => {
    expect(blocks.filter(({ kind, language }) => language === 'yaml' && kind === '')).toEqual([]);
    expect(of('policy').length).toBeGreaterThan(7);
    expect(of('test').length).toBeGreaterThan(6);
  });

  it.each(of('policy'))('policy $name is good', async ({ text }) => {
    const terminal = aTerminal();
    const status = await checkCommand(join(directoryWith(text), 'exhook.yaml'), {}, terminal);
    expect([status, terminal.errors]).toEqual([0, expect.not.stringContaining('problem')]);
  });

  it.each(of('test'))('test $name passes and uses every rule', async ({ name, text }) => {
    const policy = of('policy').find((block) => block.name === name)?.text ?? '';
    const file = join(makeDirectory({ ...files, 'exhook.yaml': policy, 'tests.yaml': text }), 'tests.yaml');
    const terminal = aTerminal();
    const status = await testCommand([file], { tap: false }, {}, terminal);
    expect([status, terminal.output, terminal.errors]).toEqual([
      0,
      expect.stringContaining('all as expected'),
      '',
    ]);
    expect(terminal.output).not.toContain('never:');
  });
});
