/** Where a command writes: the one place that knows of standard output and error, so that tests need neither. */
import { printableLines, printablePainted } from '../../lib/printable.ts';

export interface Terminal {
  out(text: string): void;
  /** The same with colours. What others have chosen in the text must be `printable` already. */
  paint?(text: string): void;
  err(text: string): void;
  /** Shows a passing state; an empty text takes it away. */
  progress(text: string): void;
  /** Whether somebody watches. */
  readonly isInteractive: boolean;
  /** Whether standard output shows colours; `NO_COLOR` turns them off. */
  readonly hasColours?: boolean;
}

const CLEAR_LINE = '\r\x1b[K';

/** The status of a command whose output could not be written. */
const NOT_WRITTEN = 1;

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  // There is nobody left to tell.
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `exhook check | head` has seen enough.
    if (error.code === 'EPIPE') return;
    process.exitCode ||= NOT_WRITTEN;
    stderr.write(`standard output cannot be written: ${error.code}\n`);
  });
  return {
    out: (text) => void stdout.write(`${printableLines(text)}\n`),
    paint: (text) => void stdout.write(`${printablePainted(text)}\n`),
    err: (text) => void stderr.write(`${printableLines(text)}\n`),
    progress: (text) => void stderr.write(`${CLEAR_LINE}${printableLines(text)}`),
    isInteractive: stderr.isTTY === true,
    hasColours: stdout.isTTY === true && stdout.hasColors(),
  };
}
