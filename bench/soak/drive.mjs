/** Makes clients act: as fast as they can, or at a steady rate, whether or not earlier calls were answered. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param {object} options
 * @param {number} options.clients
 * @param {(client: number, due: number) => Promise<unknown>} options.act
 * @param {number} options.seconds
 * @param {number} [options.rate] acts a second; without it, each client acts again as soon as it can
 * @param {AbortSignal} options.signal
 * @returns {Promise<number>} acts a second
 */
export async function drive({ clients, act, seconds, rate = Number.POSITIVE_INFINITY, signal }) {
  const idle = Array.from({ length: clients }, (_, i) => i);
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let started = 0;
  let done = 0;
  let doneInTime = 0;

  const start = (client, due) => {
    started++;
    act(client, due).finally(() => {
      done++;
      if (performance.now() < end) doneInTime++;
      idle.push(client);
      startDue();
    });
  };
  const startDue = () => {
    const now = performance.now();
    if (now >= end || signal.aborted) return;
    const due = ((now - begin) / 1000) * rate;
    while (idle.length > 0 && started < due)
      start(idle.shift(), rate === Number.POSITIVE_INFINITY ? now : begin + (started / rate) * 1000);
  };

  while (performance.now() < end && !signal.aborted) {
    startDue();
    await sleep(1);
  }
  // Each act ends by itself, with a timeout.
  while (done < started) await sleep(10);
  signal.throwIfAborted();
  return doneInTime / seconds;
}
