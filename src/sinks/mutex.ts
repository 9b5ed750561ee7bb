/** Locks for clients that write one batch at a time. */

/** Runs work one at a time, in the order in which it comes. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs the work after all earlier work.
   *
   * @param signal if it is aborted, work that has not begun never begins. Work in progress must watch the signal
   * itself.
   */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = turn.catch(() => {});
    return await turn;
  }
}

/** Runs the work, and calls `abort` if the signal is aborted before it is done. */
export async function abortable<T>(
  signal: AbortSignal,
  abort: () => void,
  work: () => Promise<T>,
): Promise<T> {
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Waits for all of them, and then rejects with the first error. */
export async function allOver(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
