/** Reads the recordings of a command. */

import { readFile } from 'node:fs/promises';
import { plural } from '../../lib/plural.ts';
import { type FileCall, readRecording } from '../../protocol/wire/read-recording.ts';
import { joinLives } from '../replay/lives.ts';
import type { Terminal } from './terminal.ts';

/**
 * Returns all calls in order; `undefined` when a file cannot be read: the problems have then been printed.
 */
export async function readRecordings(
  paths: readonly string[],
  terminal: Terminal,
): Promise<FileCall[] | undefined> {
  const recordings: FileCall[][] = [];
  for (const path of paths) {
    const calls = await readOne(path, terminal);
    if (calls !== undefined) recordings.push(calls);
  }
  return recordings.length === paths.length ? joinLives(recordings) : undefined;
}

async function readOne(path: string, terminal: Terminal): Promise<FileCall[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) {
    terminal.err(`cannot read ${path}: ${explain(text)}`);
    return undefined;
  }
  const recording = readRecording(text);
  if ('problems' in recording) {
    for (const { line, message } of recording.problems) terminal.err(`${path}:${line}: ${message}`);
    return undefined;
  }
  if (recording.skipped > 0)
    terminal.err(`${path}: skipped ${plural(recording.skipped, 'call')}: the bytes were not recorded`);
  return recording.calls.map((call) => ({ ...call, file: path }));
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
