/** Time as queues need it; tests use a fake one. */
export interface Clock {
  /** Milliseconds of a monotonic clock: only differences are meaningful. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Calls back after some milliseconds, without keeping the process alive. @returns a function that cancels it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls back in the next turn of the event loop, when the calls of this turn have been answered. */
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
