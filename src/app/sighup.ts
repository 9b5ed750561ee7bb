/** Handles SIGHUP from the start: without a handler the signal ends a process that is still starting. */
export interface Hangups {
  /** Sets the handler of each SIGHUP from now on; runs it at once if a signal came before. */
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
