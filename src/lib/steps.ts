/** Long work that can be paused after each step; its return value is the result. */
export type Steps<Result> = Generator<void, Result, void>;

/** Runs all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Maps each value, one per step. */
export function* mapSteps<Value, Made>(
  values: readonly Value[],
  make: (value: Value, place: number) => Made,
): Steps<Made[]> {
  const made: Made[] = [];
  for (const [place, value] of values.entries()) {
    made.push(make(value, place));
    yield;
  }
  return made;
}
