/** The output of a command: the only code that uses standard output and error; tests replace it. */
import { printableLines, printablePainted } from '../../lib/printable.ts';

export interface Terminal {
  out(text: string): void;
  /** Prints with colours. Text from clients must already be `printable`. */
  paint?(text: string): void;
  err(text: string): void;
  /** Shows a transient state; an empty text removes it. */
  progress(text: string): void;
  /** Whether a person watches. */
  readonly isInteractive: boolean;
  /** Whether standard output supports colours; `NO_COLOR` disables them. */
  readonly hasColours?: boolean;
}

const CLEAR_LINE = '\r\x1b[K';

/** The exit status of a command whose output could not be written. */
const NOT_WRITTEN = 1;

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  // There is no other output for this error.
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has exited, as in `exhook check
    // head`.
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
