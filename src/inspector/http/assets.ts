/** The files of the page, as the build has put them beside the program. */
import { readFile } from 'node:fs/promises';

/** One file, in memory: they are few and small. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

interface ManifestEntry {
  readonly file: string;
  readonly type: string;
}

/** From a chunk of the bundle, from the program itself, and from the source in tests. */
const places = ['../inspector/', './inspector/', '../../../dist/inspector/'];

/** By the path of the URL. Empty where the page was not built. */
export async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  for (const place of places) {
    const folder = new URL(place, import.meta.url);
    const manifest = await readFile(new URL('manifest.json', folder), 'utf8').catch(() => undefined);
    if (manifest !== undefined) return await readAll(folder, JSON.parse(manifest));
  }
  return new Map();
}

async function readAll(
  folder: URL,
  manifest: Readonly<Record<string, ManifestEntry>>,
): Promise<ReadonlyMap<string, Asset>> {
  const read = Object.entries(manifest).map(
    async ([path, { file, type }]) => [path, { type, body: await readFile(new URL(file, folder)) }] as const,
  );
  return new Map(await Promise.all(read));
}
