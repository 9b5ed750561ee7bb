/** Does jobs on a thread of their own, so that calls are answered meanwhile. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Job, JobName } from './job.ts';

/** What a thread is started with. */
export interface Order {
  readonly name: JobName;
  readonly input: unknown;
}

/**
 * Megabytes of garbage until it is collected: the threads that collect it are those of the whole process, and each time
 * they take the cores from calls.
 */
const YOUNG_MB = 96;

/** A job that could not be done at all; the message says what an operator can do. */
export class OffloadError extends Error {
  override readonly name = 'OffloadError';
}

/** How jobs are done; {@link offload}, or another way for tests. */
export type Offload = typeof offload;

export interface OffloadOptions {
  /** The entry of the thread. Default: that of the built program; from source, jobs are done on this thread. */
  readonly entry?: URL | undefined;
}

/**
 * Does a job, and gives its buffers to the thread: they are empty afterwards.
 *
 * @throws OffloadError when there is not enough memory; whatever the job throws.
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
    // After a message this changes nothing.
    thread.once('exit', (code) => reject(new OffloadError(`the thread that read it ended (${code})`)));
  });
}

function describe(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new OffloadError('reading it takes more memory than Node.js may use: raise --max-old-space-size');
}

/** Beside the program, whose parts are in a folder below. Nothing when this is source code, or bundled by others. */
function builtEntry(): URL | undefined {
  if (import.meta.url.endsWith('.ts')) return undefined;
  const places = ['../offload-thread.js', './offload-thread.js'].map(
    (path) => new URL(path, import.meta.url),
  );
  return places.find((place) => place.protocol === 'file:' && existsSync(fileURLToPath(place)));
}
