/** Runs one measurement: a warm-up, then the load, with the server's CPU time and memory before and after. */
import { readCpu, readRss } from './cpu.mjs';
import { runH2load } from './h2load.mjs';

/**
 * @typedef {object} Measured
 * @property {number} perSecond calls answered
 * @property {number} cpu microseconds of the server process a call
 * @property {number} waited time the server waited for a core, as a share of its time on one
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} rss bytes
 *
 * @param {import('./servers.mjs').Running} server
 * @param {object} options
 * @param {import('./requests.mjs').Call} options.call
 * @param {number} options.streams
 * @param {number} options.count
 * @param {number} options.warmup calls before it counts
 * @param {number} options.core of the load
 * @param {string} options.directory
 * @returns {Promise<Measured>}
 */
export async function measure(server, { count, warmup, ...options }) {
  if (warmup > 0) await runH2load({ ...options, port: server.port, count: warmup });
  const before = readCpu(server.pid);
  const load = await runH2load({ ...options, port: server.port, count });
  const after = readCpu(server.pid);
  const used = after.used - before.used;
  return {
    ...load,
    cpu: used / 1000 / count,
    waited: (after.waited - before.waited) / used,
    rss: readRss(server.pid),
  };
}
