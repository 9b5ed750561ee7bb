/** Records calls for `serve --record FILE`: each call becomes one line of the file, without passwords. */
import cluster from 'node:cluster';
import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { format, parse } from 'node:path';
import sonic from 'sonic-boom';
import type { Logger } from '../log/log.ts';
import { type RawHeaders, recordHeaders, recordMessage } from '../protocol/wire/recording.ts';
import type { Rpc } from '../protocol/wire/rpc.ts';

export interface RecorderOptions {
  readonly file: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Which of several processes this is. Default: the id of the worker, if it is one. */
  readonly worker?: number | undefined;
  /** Milliseconds; only differences are meaningful. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Most bytes that may wait for a slow disk; calls beyond it are dropped from the recording and counted. */
  readonly maxBufferedBytes?: number;
}

export interface Recorder {
  /** Never throws, never waits. `connection` is the number of the call's connection. */
  record(rpc: Rpc, bytes: Uint8Array, headers: RawHeaders, connection: number): void;
  /** Resolves once everything is in the file, to the counts of recorded and dropped calls. */
  close(): Promise<{ readonly recorded: number; readonly lost: number }>;
}

/** Client payloads are private: only the owner may read them. */
const MODE = 0o600;
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/**
 * Opens the file for appending. Each worker has its own, because each numbers its calls and connections from 1:
 * `traffic.jsonl` becomes `traffic.2.jsonl`.
 *
 * @throws Error that says why the file cannot be written.
 */
export function openRecorder(options: RecorderOptions): Recorder {
  const {
    log,
    worker = cluster.worker?.id,
    now = () => performance.now(),
    clock = Date.now,
    maxBufferedBytes = MAX_BUFFERED_BYTES,
  } = options;
  const file = worker === undefined ? options.file : fileOfWorker(options.file, worker);
  if (worker !== undefined) log.info({ file }, 'calls are recorded to a file of this worker');
  const out = new sonic.SonicBoom({ fd: openPrivate(file), sync: false, maxLength: maxBufferedBytes });
  let first: number | undefined;
  let seq = 0;
  let lost = 0;
  let isBroken = false;
  /** Lines that are certainly in the file. */
  let confirmed = 0;
  const lose = (calls: number): void => {
    lost += calls;
  };

  out.on('drain', () => {
    confirmed = seq - lost;
  });
  out.on('drop', () => {
    if (lost === 0) log.warn({ file }, 'dropped calls from the recording: the disk is too slow');
    lose(1);
  });
  out.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (isBroken) return;
    isBroken = true;
    lose(seq - lost - confirmed);
    log.error({ file, reason: code }, 'recording stopped: its file can no longer be written');
    out.destroy();
  });

  return {
    record(rpc, bytes, headers, connection) {
      const at = now();
      first ??= at;
      seq++;
      if (isBroken) return lose(1);
      const times = { at_ms: Math.round(at - first), time_ms: clock() };
      const call = { seq, ...times, connection, path: rpc.path };
      const line = { ...call, headers: recordHeaders(headers), ...recordMessage(rpc, bytes) };
      out.write(`${JSON.stringify(line)}\n`);
    },
    async close() {
      if (!isBroken) await end(out);
      return { recorded: seq - lost, lost };
    },
  };
}

function fileOfWorker(file: string, worker: number): string {
  const { dir, name, ext } = parse(file);
  return format({ dir, name: `${name}.${worker}`, ext });
}

function end(out: InstanceType<typeof sonic.SonicBoom>): Promise<void> {
  return new Promise((resolve) => {
    out.once('close', resolve);
    out.end();
  });
}

function openPrivate(file: string): number {
  try {
    // A pipe without a reader must not block the start.
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;
    const fd = openSync(file, flags, MODE);
    if (fstatSync(fd).isFile()) return makePrivate(fd);
    closeSync(fd);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`cannot record to ${file}: ${reasons[code ?? ''] ?? message}`, { cause });
  }
  throw new Error(`cannot record to ${file}: it is not a file`);
}

/** The mode given to open() applies to new files only. */
function makePrivate(fd: number): number {
  try {
    fchmodSync(fd, MODE);
  } catch {
    // The file belongs to another user: its permissions are up to them.
  }
  return fd;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose a directory that this user may write to',
  EISDIR: 'it is a directory; name a file in it',
  ENOENT: 'its directory does not exist; create it first',
  ENXIO: 'it is not a file',
  EROFS: 'its file system is read-only; choose another',
};
