/** Files of a configuration that have become empty: a full disk, or a writer that died, must not lock everybody out. */
import { describeEmptied, isEmptied, isFilledFile, noteFilled } from '../lib/emptied.ts';
import type { NamedFile } from './load.ts';

/**
 * Keeps in mind which files hold something now that they are in force. What was seen filled stays so unless it may be
 * empty: a file that was emptied since it was read must not count as one that never held anything.
 */
export async function noteFiles(files: readonly NamedFile[]): Promise<void> {
  const note = async ({ path, allowEmpty }: NamedFile): Promise<void> => {
    const isFilled = await isFilledFile(path);
    if (isFilled || allowEmpty) noteFilled(path, isFilled);
  };
  await Promise.all(files.map(note));
}

/** A problem for each file that held something, does not now, and may not. */
export async function findEmptied(files: readonly NamedFile[]): Promise<string[]> {
  const problems = files.map(async ({ path, allowEmpty }) =>
    !allowEmpty && isEmptied(path, await isFilledFile(path)) ? [describeEmptied(path)] : [],
  );
  return (await Promise.all(problems)).flat();
}
