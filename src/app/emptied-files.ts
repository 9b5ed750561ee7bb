/**
 * Finds files of a configuration that have become empty: a full disk, or a writer that died, must not lock everybody
 * out.
 */
import { describeEmptied, isEmptied, isFilledFile, noteFilled } from '../lib/emptied.ts';
import type { NamedFile } from './load.ts';

/**
 * Remembers which files have content once they are in force. A file seen with content keeps that mark unless it may be
 * empty: a file that was emptied after it was read must not count as always empty.
 */
export async function noteFiles(files: readonly NamedFile[]): Promise<void> {
  const note = async ({ path, allowEmpty }: NamedFile): Promise<void> => {
    const isFilled = await isFilledFile(path);
    if (isFilled || allowEmpty) noteFilled(path, isFilled);
  };
  await Promise.all(files.map(note));
}

/** Returns a problem for each file that had content, is empty now, and may not be. */
export async function findEmptied(files: readonly NamedFile[]): Promise<string[]> {
  const problems = files.map(async ({ path, allowEmpty }) =>
    !allowEmpty && isEmptied(path, await isFilledFile(path)) ? [describeEmptied(path)] : [],
  );
  return (await Promise.all(problems)).flat();
}
