/** Where a command writes: the one place that knows of standard output and error, so that tests need neither. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Shows a passing state; an empty text takes it away. */
  progress(text: string): void;
  /** Whether somebody watches. */
  readonly isInteractive: boolean;
  /** Whether standard output shows colours; `NO_COLOR` turns them off. */
  readonly hasColours?: boolean;
}

const CLEAR_LINE = '\r\x1b[K';

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    progress: (text) => void stderr.write(`${CLEAR_LINE}${text}`),
    isInteractive: stderr.isTTY === true,
    hasColours: stdout.isTTY === true && stdout.hasColors(),
  };
}
