import { printableLines } from './printable.ts';

/**
 * Writes text to standard error for the person who started the process. Never throws and never ends the
 * process: standard error may be a full disk, or a lost terminal.
 */
let isGuarded = false;

export function writeError(text: string): void {
  if (!isGuarded) process.stderr.on('error', () => {});
  isGuarded = true;
  process.stderr.write(`${printableLines(text)}\n`);
}
