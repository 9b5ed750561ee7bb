/** Records the resident memory of processes over time. */
import { readFileSync } from 'node:fs';

/** @param {number} pid @returns {number | undefined} bytes */
export function rssOf(pid) {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/**
 * @param {() => { name: string, pid: number }[]} processes the running ones
 * @param {number} every milliseconds
 */
export function sampleMemory(processes, every) {
  /** @type {Map<string, { name: string, pid: number, samples: number[] }>} */
  const series = new Map();
  const sample = () => {
    for (const { name, pid } of processes()) {
      const rss = rssOf(pid);
      if (rss === undefined) continue;
      const key = `${name} ${pid}`;
      if (!series.has(key)) series.set(key, { name, pid, samples: [] });
      series.get(key).samples.push(rss);
    }
  };
  sample();
  const timer = setInterval(sample, every);
  return {
    /** @returns the growth of each process; those present from the first sample to the last are marked as whole */
    end() {
      clearInterval(timer);
      const all = [...series.values()];
      const longest = Math.max(...all.map(({ samples }) => samples.length));
      return all.map(({ name, pid, samples }) => ({
        name,
        pid,
        isWhole: samples.length === longest,
        last: samples.at(-1),
        most: Math.max(...samples),
        growth: growthOf(samples),
      }));
    },
  };
}

/** Ratio of the mean of the last fifth to the second fifth: in the first, caches fill and code is compiled. */
export function growthOf(samples) {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  return mean(samples.slice(-fifth)) / mean(samples.slice(fifth, 2 * fifth));
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
