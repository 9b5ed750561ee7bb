/** The corpus: edge cases written by hand, and findings of the fuzzer. One directory per target. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from './target.ts';

/** From the repository. */
export const CORPUS = 'test/fuzz/corpus';

export interface Kept {
  readonly file: string;
  readonly input: Json;
}

export function readCorpus(target: string, directory = CORPUS): Kept[] {
  const own = join(directory, target);
  if (!existsSync(own)) return [];
  return readdirSync(own)
    .sort()
    .map((file) => ({ file, input: JSON.parse(readFileSync(join(own, file), 'utf8')) as Json }));
}

/** The same input is kept once. @returns the path of its file. */
export function keep(target: string, input: Json, directory = CORPUS): string {
  const own = join(directory, target);
  mkdirSync(own, { recursive: true });
  const text = `${JSON.stringify(input, undefined, 2)}\n`;
  const path = join(own, `${createHash('sha256').update(text).digest('hex').slice(0, 12)}.json`);
  writeFileSync(path, text);
  return path;
}
