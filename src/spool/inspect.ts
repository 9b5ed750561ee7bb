/** Looks through the file of a spool in a process of its own, which may crash on what it finds. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { INSPECT_SCRIPT } from './inspect-script.ts';

export interface InspectedLog {
  readonly count: number;
  readonly bytes: number;
  /** The last position. */
  readonly last: number;
  /** How many entries the lane has by its own account; the accounts are not copied. */
  readonly recorded: number;
}

export type Inspection =
  /** All was seen; `unreadable` records are not what was written. */
  | {
      readonly kind: 'done';
      readonly lanes: Readonly<Record<string, InspectedLog>>;
      readonly unreadable: number;
    }
  /** LMDB cannot go on; its number or that of the system. */
  | { readonly kind: 'failed'; readonly code: number; readonly message: string }
  /** The process died, or stood still. */
  | { readonly kind: 'crashed' };

export interface InspectOptions {
  readonly path: string;
  /** Entries that are intact are copied there. */
  readonly copyTo?: string;
  readonly direction?: 'forward' | 'backward';
  /** How many entries are copied at once: a crash costs these. Default: 1000. */
  readonly step?: number;
}

/** Milliseconds without a sign of life after which the process counts as crashed. */
const PATIENCE = 30_000;

export function inspect({
  path,
  copyTo = '',
  direction = 'forward',
  step = 1000,
}: InspectOptions): Promise<Inspection> {
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  // Nothing of this process' environment: it may hold secrets and options of Node.
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
  readonly done?: { lanes: Record<string, InspectedLog>; unreadable: number };
  readonly failed?: { code: number; message: string };
}

/** A process that dies may leave half a line. */
function parse(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return {};
  }
}
