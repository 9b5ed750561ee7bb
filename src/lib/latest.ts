/** Processes inputs one at a time, and skips those that a newer one has replaced. */
export interface Latest<Input> {
  offer: (input: Input) => void;
  /** Resolves when nothing is in progress. */
  idle: () => Promise<void>;
}

/** @param take must not reject. */
export function latestOnly<Input>(take: (input: Input) => Promise<void>): Latest<Input> {
  let next: { readonly input: Input } | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (next !== undefined) {
      const { input } = next;
      next = undefined;
      await take(input);
    }
    running = undefined;
  }

  return {
    offer(input) {
      next = { input };
      running ??= run();
    },
    idle: async () => await running,
  };
}
