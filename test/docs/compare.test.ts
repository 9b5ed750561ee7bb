/** Runs the example of docs/compare.md. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareCommand } from '../../src/cli/commands/compare.ts';
import { aTerminal } from '../support/terminal.ts';
import { blocksOf, temporaryDirectories } from './pages.ts';

const blocks = blocksOf('docs/compare.md');
const of = (kind: string) => blocks.filter((block) => block.kind === kind);
const makeDirectory = temporaryDirectories();

describe('docs/compare.md', () => {
  it('has no file that is not tried', () => {
    const languages = blocks.filter(({ kind }) => kind === '').map(({ language }) => language);
    expect(languages).toStrictEqual(['sh']);
  });

  it.each(of('output'))('shows what $name prints', async ({ name, text }) => {
    const directory = makeDirectory(Object.fromEntries(of('file').map((file) => [file.name, file.text])));
    const [before = '', after = '', ...recordings] = name
      .split(' ')
      .slice(1)
      .map((file) => join(directory, file));
    const terminal = aTerminal();
    const options = { limit: 5, changedOnly: false, json: false };
    const status = await compareCommand({ before, after, recordings, ...options }, {}, terminal);
    expect([status, terminal.errors]).toStrictEqual([1, '']);
    expect(text).toBe(`$ exhook ${name}\n${terminal.output}\n`);
  });
});
