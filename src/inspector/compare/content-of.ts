/** Serializes a part of a configuration, including the content of the files it names, for comparison. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { exactKey } from '../../lib/exact-key.ts';

/**
 * Two directories may have the same configuration: a path is replaced by the content of its file. Paths are
 * already absolute; text that merely looks like a path is kept.
 */
export async function contentOf(section: unknown): Promise<string> {
  const contents = new Map<string, string>();
  for (const path of textsOf(section)) {
    if (!isAbsolute(path)) continue;
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) contents.set(path, createHash('sha256').update(bytes).digest('base64'));
  }
  return exactKey(section, (_, value) =>
    typeof value === 'string' ? (contents.get(value) ?? value) : value,
  );
}

function* textsOf(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* textsOf(part);
}
