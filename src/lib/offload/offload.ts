/** Runs jobs on another thread, so calls are answered meanwhile. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Job, JobName } from './job.ts';

/** The message that starts a thread. */
export interface Order {
  readonly name: JobName;
  readonly input: unknown;
}

/**
 * Megabytes of young generation. Large, because garbage collection threads belong to the whole process, and
 * each collection takes the cores from calls.
 */
const YOUNG_MB = 96;

/** A job that could not run at all; the message tells operators what to do. */
export class OffloadError extends Error {
  override readonly name = 'OffloadError';
}

/** Runs jobs; {@link offload}, or a replacement in tests. */
export type Offload = typeof offload;

export interface OffloadOptions {
  /** The entry point of the thread. Default: the built program's; from source, jobs run on this thread. */
  readonly entry?: URL | undefined;
}

/**
 * Runs a job and transfers its buffers to the thread: they are empty afterwards.
 *
 * @throws OffloadError when memory is insufficient; else what the job throws.
 */
export async function offload<Input, Output>(
  job: Job<Input, Output>,
  input: Input,
  transfer: readonly ArrayBuffer[],
  { entry = builtEntry() }: OffloadOptions = {},
): Promise<Output> {
  if (entry !== undefined) return await onThread(entry, { name: job.name, input }, transfer);
  const run = await job.load();
  return run(input).output;
}

function onThread<Output>(entry: URL, order: Order, transfer: readonly ArrayBuffer[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(entry, {
      workerData: order,
      transferList: [...transfer],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    thread.once('message', resolve);
    thread.once('error', (error: NodeJS.ErrnoException) => reject(describe(error)));
    // Has no effect after a message.
    thread.once('exit', (code) => reject(new OffloadError(`the thread that read the file exited (${code})`)));
  });
}

function describe(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new OffloadError('reading it takes more memory than Node.js may use: raise --max-old-space-size');
}

/**
 * Beside the program, whose parts are in a folder below. Nothing when running from source, or bundled by
 * others.
 */
function builtEntry(): URL | undefined {
  if (import.meta.url.endsWith('.ts')) return undefined;
  const places = ['../offload-thread.js', './offload-thread.js'].map(
    (path) => new URL(path, import.meta.url),
  );
  return places.find((place) => place.protocol === 'file:' && existsSync(fileURLToPath(place)));
}
