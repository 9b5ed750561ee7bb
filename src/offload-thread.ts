/** Runs one job on its own thread, and exits. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JobName, JobResult } from './lib/offload/job.ts';
import type { Order } from './lib/offload/offload.ts';
import { lowerThread } from './lib/offload/priority.ts';

lowerThread();

/** Each job loads only what it needs. */
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
