import { createHash } from 'node:crypto';

/** Tells one state of the configuration file from another. */
export function tagOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
