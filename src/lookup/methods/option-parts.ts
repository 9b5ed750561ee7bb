/** What the sections of several methods share. */
import * as z from 'zod';
import { expects } from '../../lib/schema/builders.ts';
import { headerSecret } from '../../lib/schema/secret.ts';
import { parseTags } from '../../policy/login/tags.ts';

/** What is wrong with a policy that lets everybody in. */
export const EVERYONE =
  'admits every client; write conditions, or iKnowThisAllowsEveryone: true if that is what you want';

/** Tags, as a list of names or as a mapping. */
export const tags = z
  .union([z.array(z.string()), z.record(z.string(), z.string())], {
    error: expects('tags', 'a list of names, or name: value'),
  })
  .refine((value) => parseTags(value) !== undefined, {
    error: 'are no tags; write names of at most 256 characters, which are not empty',
  })
  .optional();

/** The user and password of a URL would be the one secret that neither `{ env }` nor `{ file }` can keep out of the file. */
export const hasUserinfo = (url: string): boolean => /^[^/?#]*:[/\\]*[^/\\?#]*@/.test(url);

/** Headers of requests, some of which are secrets. */
export const headers = z
  .record(z.string(), headerSecret('a header'), {
    error: expects('a mapping', 'headers, such as authorization: { env: NAME }'),
  })
  .optional();

/** The message of an error, or nothing when the work can be done. */
export function problemOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'cannot be used';
  }
}
