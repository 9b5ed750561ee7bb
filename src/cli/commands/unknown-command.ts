import { findNearest } from '../../config/nearest.ts';

/**
 * Describes an unknown command. Quotes it only when it resembles a command: another text may be a flag's
 * value, and a secret.
 */
export function describeUnknownCommand(name: string, commands: readonly string[]): string {
  const nearest = findNearest(name, commands);
  return nearest === undefined
    ? 'unknown command; exhook --help lists the commands'
    : `unknown command ${name}; did you mean ${nearest}?`;
}
