/** Parts that several methods share. */
import * as z from 'zod';
import { expects } from '../../lib/schema/builders.ts';
import { headerSecret } from '../../lib/schema/secret.ts';
import { parseTags } from '../../policy/login/tags.ts';

/** The problem of a policy that admits everyone. */
export const EVERYONE =
  'admits every client; write conditions, or iKnowThisAllowsEveryone: true if you intend that';

/** Tags, as a list of names or as a mapping. */
export const tags = z
  .union([z.array(z.string()), z.record(z.string(), z.string())], {
    error: expects('tags', 'a list of names, or name: value'),
  })
  .refine((value) => parseTags(value) !== undefined, {
    error: 'are not tags; write names of 1 to 256 characters',
  })
  .optional();

/**
 * User and password in a URL would be a secret that neither `{ env }` nor `{ file }` can keep out of the
 * file.
 */
export const hasUserinfo = (url: string): boolean => /^[^/?#]*:[/\\]*[^/\\?#]*@/.test(url);

/** Headers of requests; some are secrets. */
export const headers = z
  .record(z.string(), headerSecret('a header'), {
    error: expects('a mapping', 'headers, such as authorization: { env: NAME }'),
  })
  .optional();

/** Returns the error message of the work, or nothing when it succeeds. */
export function problemOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be used';
  }
}
