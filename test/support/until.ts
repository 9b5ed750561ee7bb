import { setTimeout as wait } from 'node:timers/promises';

/** Asks until there is an answer that is not `undefined` or `false`. A generous end keeps a broken test from hanging. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  patience = 40_000,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await wait(20);
  }
}
