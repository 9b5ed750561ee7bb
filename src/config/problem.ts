/** A problem of a configuration, and its place. It never repeats a value, which may be a secret. */

/** Counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  /** `exhook.yaml:3:9 listen.port`, `environment variable PORT`, or `flag --port`. */
  readonly where: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  /** Present when the problem is in the file. */
  readonly position?: Position;
}

/** Formats the problem in one line. */
export function formatProblem({ where, message }: Problem): string {
  return `${where}: ${message}`;
}

/** Makes a problem of a file, at the key or value concerned. */
export function problemAt(file: string, position: Position, path: string, message: string): Problem {
  const where = `${file}:${position.line}:${position.column}${path === '' ? '' : ` ${path}`}`;
  return { where, message, position };
}
