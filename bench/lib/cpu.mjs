/** Reads the kernel's records about a process: its cores, CPU time and memory. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** The cores available: one for the server, another for the load. */
export function chooseCores() {
  const [, list = '0'] = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const cores = list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  if (cores.length < 2) throw new Error('two cores are needed: one for the server, one for the load');
  return { server: cores[0], load: cores[1] };
}

/**
 * Returns the nanoseconds that the threads of a process have run on a core and have waited for one; the latter shows
 * how quiet the machine is.
 *
 * @param {number} pid
 */
export function readCpu(pid) {
  const total = { used: 0, waited: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [used, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')
      .split(' ')
      .map(Number);
    total.used += used;
    total.waited += waited;
  }
  return total;
}

/**
 * Returns the resident memory, in bytes.
 *
 * @param {number} pid
 */
export function readRss(pid) {
  const [, kib] = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
