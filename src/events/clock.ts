/** Time as queues need it: tests have one of their own. */
export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Calls back after some milliseconds. Keeps no process alive for it. @returns what stops it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls back in the next turn of the event loop, when the calls of this one have been answered. */
  soon(run: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  random: Math.random,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
};
