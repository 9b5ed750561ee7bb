/** The examples of a page: a comment before each block says what it is, as in `<!-- policy: NAME -->`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { root } from '../support/source.ts';

export interface Block {
  /** `''` for a block that says nothing. */
  readonly kind: string;
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  const pattern = /(?:<!-- (\w+): (.+?) -->\n+)?```(\w*)\n(.*?)```/gs;
  return [...text.matchAll(pattern)].map(([, kind = '', name = '', language = '', content = '']) => ({
    kind,
    name,
    language,
    text: content,
  }));
}

/** Makes directories with files, and removes them at the end. */
export function temporaryDirectories(): (files: Readonly<Record<string, string>>) => string {
  const made: string[] = [];
  afterAll(() => {
    for (const directory of made) rmSync(directory, { recursive: true });
  });
  return (files) => {
    const directory = mkdtempSync(join(tmpdir(), 'exhook-docs-'));
    made.push(directory);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return directory;
  };
}
