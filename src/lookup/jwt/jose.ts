/** The library for tokens, loaded before the first token comes. */

export type Jose = typeof import('jose');

let jose: Jose | undefined;

/**
 * To be awaited when a method is opened: Node remembers for ever that an import has failed, as it does when no file can
 * be opened, and every token would be refused from then on.
 */
export async function loadJose(): Promise<Jose> {
  jose ??= await import('jose');
  return jose;
}
