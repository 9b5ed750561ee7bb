/** An HTTP service on its own thread: it must not wait for the callers on this one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * @param {object} options
 * @param {number} options.perSecond its capacity
 * @param {string} options.answer body of every answer, JSON
 */
export async function startService({ perSecond, answer }) {
  const worker = new Worker(new URL('./service-thread.mjs', import.meta.url), {
    workerData: { perSecond, answer },
  });
  const [{ port }] = await once(worker, 'message');
  return {
    url: `http://127.0.0.1:${port}/`,
    /** The events it received, by the header `ce-id`. */
    async stored() {
      worker.postMessage('stored');
      const [ids] = await once(worker, 'message');
      return new Set(ids);
    },
    close: () => worker.terminate(),
  };
}
