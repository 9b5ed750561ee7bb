/** Long work in slices, so that calls are answered between them. */

import type { Steps } from './steps.ts';

/** Milliseconds of a slice: what a call waits longer while work is under way. */
const SLICE = 4;

/** Does all steps, and lets others go first each few milliseconds. */
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
  /** Whether the slice has lasted long enough. */
  isOver(): boolean;
  /** Lets others go first, and begins the next slice. */
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
