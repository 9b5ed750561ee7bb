/** A part of a configuration as a text that tells it from any other, the files it names included. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { exactKey } from '../../lib/exact-key.ts';

/**
 * Two directories may hold the same configuration: a path counts as what is in its file. Paths are absolute by
 * now; a text that only looks like one is itself.
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
