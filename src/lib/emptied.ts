/** Tells a file that was emptied, by a full disk or a writer that died, from one that never held anything. */
import { readFile, stat } from 'node:fs/promises';

/** Larger files, in bytes, hold something: nobody writes so much of comments alone. */
const MOST_COMMENTS = 64 * 1024;

/** Paths of files that this process has seen hold something. */
const filled = new Set<string>();

/** Whether a text holds nothing: blank lines, and comments as YAML and ACL files (`#`) or Erlang (`%`) have them. */
export function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:---\s*)?(?:[#%].*)?$/.test(line));
}

/** The same for the bytes of a file. */
export function isBlankFile({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return byteLength <= MOST_COMMENTS && isBlank(Buffer.from(buffer, byteOffset, byteLength).toString());
}

/** Keeps in mind whether a file that is in force holds something. */
export function noteFilled(path: string, isFilled: boolean): void {
  if (isFilled) filled.add(path);
  else filled.delete(path);
}

/** Whether a file that held something before does so no more. */
export function isEmptied(path: string, isFilled: boolean): boolean {
  return !isFilled && filled.has(path);
}

/** Whether a file holds something; also when it cannot be read, which is told by who needs it. */
export async function isFilledFile(path: string): Promise<boolean> {
  try {
    const { size } = await stat(path);
    return size > MOST_COMMENTS || !isBlankFile(await readFile(path));
  } catch {
    return true;
  }
}

export function describeEmptied(path: string): string {
  return `${path} is empty and was not before: write it again (docs/operations.md says how to empty a file)`;
}
