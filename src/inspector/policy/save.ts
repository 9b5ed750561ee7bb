/** Writes the configuration file: as a whole or not at all. */
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import type { Saved } from '../api.ts';
import { RequestError } from '../http/api-error.ts';
import { tagOf } from './tag.ts';
import { mergeYaml } from './yaml.ts';

/**
 * @param tag of the text that the candidate was made from.
 * @throws RequestError when the file has changed since, or cannot be written.
 */
export async function savePolicy(path: string, yaml: string, tag: string): Promise<Saved> {
  const before = await readFile(path, 'utf8').catch(fail);
  if (tagOf(before) !== tag)
    throw new RequestError('changed', 'the file has changed on disk: load it again, and change that');
  const text = mergeYaml(before, yaml);
  if (text === undefined)
    throw new RequestError(
      'bad_request',
      'the file has anchors and aliases, which cannot be kept: edit it by hand',
    );
  const made = `${path}.${process.pid}.tmp`;
  try {
    const { mode } = await stat(path);
    await writeFile(made, text, { mode: mode & 0o777, flag: 'wx' });
    await rename(made, path);
  } catch (error) {
    await unlink(made).catch(() => {});
    return fail(error);
  }
  return { file: path, tag: tagOf(text) };
}

function fail(error: unknown): never {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  throw new RequestError('bad_request', `the configuration file cannot be read or written (${code})`);
}
