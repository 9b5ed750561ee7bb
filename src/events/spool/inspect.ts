/** Reads the file of a spool in a separate process, since LMDB can crash on a damaged page. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { INSPECT_SCRIPT } from './inspect-script.ts';

export interface InspectedLog {
  readonly count: number;
  readonly bytes: number;
  /** The last position. */
  readonly last: number;
  /** The number of entries according to the totals of the log, which are not copied. */
  readonly recorded: number;
}

export type Inspection =
  /** All records were read; `unreadable` is the number of those that fail their checksum. */
  | {
      readonly kind: 'done';
      readonly logs: Readonly<Record<string, InspectedLog>>;
      readonly unreadable: number;
    }
  /** LMDB gave up, with its own error number or the system's. */
  | { readonly kind: 'failed'; readonly code: number; readonly message: string }
  /** The process died or hung. */
  | { readonly kind: 'crashed' };

export interface InspectOptions {
  readonly path: string;
  /** Intact entries are copied to this file. */
  readonly copyTo?: string;
  readonly direction?: 'forward' | 'backward';
  /** Entries copied in one transaction: a crash loses these. Default: 1000. */
  readonly step?: number;
}

/** Milliseconds without output after which the process counts as crashed. */
const PATIENCE = 30_000;

export function inspect({
  path,
  copyTo = '',
  direction = 'forward',
  step = 1000,
}: InspectOptions): Promise<Inspection> {
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  // An empty environment: this process's may contain secrets and Node options.
  const child = spawn(process.execPath, ['-e', INSPECT_SCRIPT, lmdb, path, copyTo, direction, String(step)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {},
  });
  return new Promise((resolve) => {
    let result: Inspection = { kind: 'crashed' };
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    createInterface({ input: child.stdout }).on('line', (line) => {
      timer.refresh();
      result = readLine(line) ?? result;
    });
    const end = () => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('error', end);
    child.on('close', end);
  });
}

function readLine(line: string): Inspection | undefined {
  const { done, failed } = parse(line);
  if (done !== undefined) return { kind: 'done', ...done };
  return failed && { kind: 'failed', ...failed };
}

interface Line {
  readonly done?: { logs: Record<string, InspectedLog>; unreadable: number };
  readonly failed?: { code: number; message: string };
}

/** A process that dies can leave half a line. */
function parse(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return {};
  }
}
