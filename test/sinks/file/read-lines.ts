/** Reads the lines of a file sink as its documentation says: those put aside first, compressed or not. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Received } from '../../../src/sink-contract.ts';

/** The names of the files, oldest first, the one that is being written last; none twice while it is compressed. */
export async function listFiles(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(() => []);
  const aside = names
    .filter((name) => name.startsWith(`${basename(path)}.`) && !name.endsWith('.part'))
    .sort();
  const whole = aside.filter((name) => !aside.includes(`${name}.gz`));
  return [...whole, ...names.filter((name) => name === basename(path))];
}

export async function readText(path: string): Promise<string> {
  const parts: string[] = [];
  for (const name of await listFiles(path)) {
    const bytes = await readFile(join(dirname(path), name)).catch(() => undefined);
    // Compressed since the names were listed.
    if (bytes === undefined) return await readText(path);
    parts.push((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  }
  return parts.join('');
}

export async function readLines(path: string): Promise<Received[]> {
  return (await readText(path)).split('\n').filter(Boolean).map(toReceived);
}

function toReceived(line: string): Received {
  const { datacontenttype, data, data_base64, ...attributes } = JSON.parse(line) as Record<string, unknown>;
  if (
    datacontenttype === 'application/json' &&
    attributes.id !== undefined &&
    (data as object)?.['key' as never] !== undefined
  )
    return { id: String(attributes.id), body: Buffer.from(line) };
  return {
    id: attributes.id === undefined ? undefined : String(attributes.id),
    contentType: String(datacontenttype),
    body: bodyOf(line, String(datacontenttype), data, data_base64),
    ...(attributes.id !== undefined && { attributes: attributes as Record<string, string> }),
  };
}

function bodyOf(line: string, type: string, data: unknown, base64: unknown): Buffer {
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  if (type !== 'application/json') return Buffer.from(String(data));
  // As it stands: JSON.parse would make another number of a long one.
  return Buffer.from(line.slice(line.indexOf('"data":') + '"data":'.length, -1));
}
