/** The entry of a thread that does one job and ends. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { JobName, JobResult } from './lib/offload/job.ts';
import type { Order } from './lib/offload/offload.ts';

/** Who waits for an answer goes first where there are fewer cores than threads. */
const NICE = 10;

// On Linux a thread has a priority of its own; elsewhere this would be about the whole process.
if (process.platform === 'linux') setPriority(0, NICE);

/** Each loads what its own job needs. */
const jobs: Readonly<Record<JobName, () => Promise<unknown>>> = {
  acl: async () => (await import('./lookup/acl/job.ts')).aclJob,
  config: async () => (await import('./config/file-job.ts')).configJob,
  places: async () => (await import('./config/file-job.ts')).placesJob,
  users: async () => (await import('./lookup/users/job.ts')).usersJob,
};

const { name, input } = workerData as Order;
const run = (await jobs[name]()) as (input: unknown) => JobResult<unknown>;
const { output, transfer } = run(input);
parentPort?.postMessage(output, [...transfer]);
