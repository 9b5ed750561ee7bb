/** Records durations of calls in a histogram: a million of them take no more memory than one. */

/** Milliseconds of the first bucket; each further one is 2 % wider. */
const LEAST = 0.01;
const STEP = Math.log(1.02);
const BUCKETS = 900;

export function createDurations() {
  const counts = new Float64Array(BUCKETS);
  let total = 0;
  let longest = 0;
  return {
    /** @param {number} ms */
    add(ms) {
      const bucket = Math.floor(Math.log(Math.max(ms, LEAST) / LEAST) / STEP);
      counts[Math.min(BUCKETS - 1, bucket)]++;
      total++;
      longest = Math.max(longest, ms);
    },
    /** @param {number} part such as 0.99 @returns {number} milliseconds, to 2 % */
    quantile(part) {
      let left = part * total;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        left -= counts[bucket];
        if (left <= 0) return Math.min(longest, LEAST * Math.exp((bucket + 1) * STEP));
      }
      return longest;
    },
    get longest() {
      return longest;
    },
    get total() {
      return total;
    },
  };
}
