/** Handles SIGHUP from the start: without a handler the signal ends a process that is still starting. */
export interface Hangups {
  /** From now on each one calls this; at once when one came before. */
  follow(reload: () => void): void;
}

export function handleSighup(): Hangups {
  let reload: (() => void) | undefined;
  let hasCome = false;
  process.on('SIGHUP', () => {
    hasCome = true;
    reload?.();
  });
  return {
    follow(given) {
      reload = given;
      if (hasCome) given();
    },
  };
}
