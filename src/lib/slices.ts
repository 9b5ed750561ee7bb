/** Runs long work in slices, so calls are answered between them. */

import type { Steps } from './steps.ts';

/** Milliseconds of a slice: the longest extra wait of a call while work is in progress. */
const SLICE = 4;

/** Runs all steps, and yields to the event loop every few milliseconds. */
export async function inSlices<Result>(steps: Steps<Result>): Promise<Result> {
  const pacer = createPacer();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (pacer.isOver()) await pacer.pause();
  }
}

/** For loops that wait between their steps anyway. */
export interface Pacer {
  /** Whether the slice has used its time. */
  isOver(): boolean;
  /** Yields to the event loop, and begins the next slice. */
  pause(): Promise<void>;
}

export function createPacer(): Pacer {
  let end = performance.now() + SLICE;
  return {
    isOver: () => performance.now() >= end,
    async pause() {
      await new Promise(setImmediate);
      end = performance.now() + SLICE;
    },
  };
}
