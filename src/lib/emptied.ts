/**
 * Distinguishes a file that was emptied, by a full disk or a writer that died, from one that was always
 * empty.
 */
import { readFile, stat } from 'node:fs/promises';

/** Files above this size, in bytes, are not empty: nobody writes so many comments alone. */
const MOST_COMMENTS = 64 * 1024;

/** Paths of files that this process has seen with content. */
const filled = new Set<string>();

/** Reports whether a text has only blank lines and comments of YAML and ACL files (`#`) or Erlang (`%`). */
export function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:---\s*)?(?:[#%].*)?$/.test(line));
}

/** Like {@link isBlank}, for the bytes of a file. */
export function isBlankFile({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return byteLength <= MOST_COMMENTS && isBlank(Buffer.from(buffer, byteOffset, byteLength).toString());
}

/** Records whether a file in force has content. */
export function noteFilled(path: string, isFilled: boolean): void {
  if (isFilled) filled.add(path);
  else filled.delete(path);
}

/** Reports whether a file that had content has none now. */
export function isEmptied(path: string, isFilled: boolean): boolean {
  return !isFilled && filled.has(path);
}

/** Reports whether a file has content. True when it cannot be read: its reader reports that. */
export async function isFilledFile(path: string): Promise<boolean> {
  try {
    const { size } = await stat(path);
    return size > MOST_COMMENTS || !isBlankFile(await readFile(path));
  } catch {
    return true;
  }
}

export function describeEmptied(path: string): string {
  return `${path} is empty and was not before: write it again (docs/operations.md explains how to empty a file)`;
}
