import { printableLines } from './printable.ts';

/**
 * Text for the person who started the process, on standard error. Never throws and never ends the process: standard
 * error may be a full disk, or a terminal that is gone.
 */
let isGuarded = false;

export function writeError(text: string): void {
  if (!isGuarded) process.stderr.on('error', () => {});
  isGuarded = true;
  process.stderr.write(`${printableLines(text)}\n`);
}
