/** For clients that write one batch at a time. */

/** Lets work through one after the other, in the order in which it comes. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs the work when all before it is over.
   *
   * @param signal aborted: work that has not begun never does. Work that has begun must hear of it by itself.
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

/** Does the work, and calls `abort` when the signal is aborted before it is over. */
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

/** Waits for all of them, and then fails as the first that failed. */
export async function allOver(works: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
