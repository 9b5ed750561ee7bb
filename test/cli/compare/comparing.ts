/** Runs `exhook compare` on configurations and recordings that a test describes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CompareArguments, compareCommand } from '../../../src/cli/commands/compare.ts';
import { aTerminal } from '../../support/terminal.ts';

export interface Given {
  /** Configurations, as objects. */
  readonly before: object;
  readonly after: object;
  /** Lines of a recording; several recordings are lists of them. */
  readonly calls: readonly string[] | readonly (readonly string[])[];
  /** Other files, by name; they are beside each configuration. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Partial<CompareArguments>;
  readonly env?: Readonly<Record<string, string>>;
  readonly hasColours?: boolean;
}

export interface Said {
  readonly status: number;
  readonly output: string;
  /** Without the names of directories. */
  readonly errors: string;
}

export async function comparing(given: Given): Promise<Said> {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-compare-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  for (const side of ['old', 'new']) mkdirSync(join(directory, side));
  for (const [name, text] of Object.entries(given.files ?? {})) write(name, text);
  const lists = given.calls.map((entry) => [entry].flat());
  const recordings = typeof given.calls[0] === 'string' ? [lists.flat()] : lists;
  const args = {
    before: write('old/exhook.yaml', JSON.stringify(given.before)),
    after: write('new/exhook.yaml', JSON.stringify(given.after)),
    recordings: recordings.map((lines, i) => write(`${i + 1}.jsonl`, `${lines.join('\n')}\n`)),
    limit: 5,
    changedOnly: false,
    json: false,
    ...given.options,
  };
  const terminal = aTerminal();
  const { hasColours = false } = given;
  const status = await compareCommand(args, given.env ?? {}, Object.assign(terminal, { hasColours }));
  const strip = (text: string) => text.replaceAll(`${directory}/`, '');
  return { status, output: strip(terminal.output), errors: strip(terminal.errors) };
}
