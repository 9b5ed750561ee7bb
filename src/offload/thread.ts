/** The entry of a thread that does one job and ends. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type JobResult, type Jobs, jobs } from './jobs.ts';

/** Who waits for an answer goes first where there are fewer cores than threads. */
const NICE = 10;

export interface Order {
  readonly name: keyof Jobs;
  readonly input: Jobs[keyof Jobs]['input'];
}

// On Linux a thread has a priority of its own; elsewhere this would be about the whole process.
if (process.platform === 'linux') setPriority(0, NICE);

const { name, input } = workerData as Order;
const job = (await jobs[name]()) as (input: Order['input']) => JobResult<unknown>;
const { output, transfer } = job(input);
parentPort?.postMessage(output, [...transfer]);
