/** A terminal that records its output. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Terminal } from '../../../src/cli/commands/terminal.ts';

export interface FakeTerminal extends Terminal {
  /** Texts written to standard output. */
  readonly printed: string[];
  /** Text written to standard error. */
  readonly complained: string[];
  readonly progressed: string[];
}

export function aTerminal({ isInteractive = false } = {}): FakeTerminal {
  const printed: string[] = [];
  const complained: string[] = [];
  const progressed: string[] = [];
  return {
    printed,
    complained,
    progressed,
    isInteractive,
    out: (text) => void printed.push(text),
    err: (text) => void complained.push(text),
    progress: (text) => void progressed.push(text),
  };
}

/** Writes a file that goes with the test. @returns its path. */
export function aFile(name: string, text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-commands-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}
