import { findNearest } from '../../config/nearest.ts';

/**
 * What to say of a first argument that is neither a flag nor a command. It is repeated only when it is nearly a
 * command: another text may be the value of a flag, and a secret.
 */
export function describeUnknownCommand(name: string, commands: readonly string[]): string {
  const nearest = findNearest(name, commands);
  return nearest === undefined
    ? 'unknown command; exhook --help lists those that there are'
    : `unknown command ${name}; did you mean ${nearest}?`;
}
