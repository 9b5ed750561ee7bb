/** Long work that can be stopped after each step and gone on with later; what it returns is its result. */
export type Steps<Result> = Generator<void, Result, void>;

/** Does all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Makes something of each value, one a step. */
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
