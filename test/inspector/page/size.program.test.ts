/** What the browser is given, in bytes that go over the wire when they are compressed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { root } from '../../support/source.ts';

interface Asset {
  readonly file: string;
  readonly type: string;
  readonly integrity: string;
}

const page = join(root, 'dist/inspector');
const manifest = JSON.parse(readFileSync(join(page, 'manifest.json'), 'utf8')) as Record<string, Asset>;
const read = (path: string) => readFileSync(join(page, manifest[path]?.file ?? path));

/** KiB of all that is loaded at once with these files: themselves, and what they import before they run. */
function compressed(paths: readonly string[]): number {
  return withImports(paths).reduce((sum, path) => sum + gzipSync(read(path)).length / 1024, 0);
}

function withImports(paths: readonly string[]): string[] {
  const found = new Set(paths);
  for (const path of found) {
    if (!path.endsWith('.js')) continue;
    const code = read(path).toString();
    for (const [, file] of code.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) found.add(`/assets/${file}`);
  }
  return [...found];
}

const find = (pattern: RegExp) => Object.keys(manifest).filter((path) => pattern.test(path));
const first = ['/', '/icon.svg', ...find(/\/(main|style)-\w+\.(js|css)$/)];

it('loads at most 60 KiB before the first call is shown', () => {
  expect(first).toHaveLength(4);
  expect(compressed(first)).toBeLessThan(60);
});

it('lists every file with its type and its digest, and serves nothing else', () => {
  for (const [path, { file, type, integrity }] of Object.entries(manifest)) {
    expect(path).toMatch(/^\/(icon\.svg|assets\/[\w-]+\.(js|css))?$/);
    expect(type).toMatch(/^(text\/(html|css|javascript); charset=utf-8|image\/svg\+xml)$/);
    expect(integrity).toBe(`sha256-${createHash('sha256').update(read(file)).digest('base64')}`);
  }
});

it('has neither script nor style in its HTML', () => {
  const html = read('/').toString();
  expect(html).not.toMatch(/<style|style=|\son\w+=/i);
  expect(html.match(/<script[^>]*>[^<]*/g)).toStrictEqual([
    expect.stringMatching(/^<script type="module" src="\/assets\/main-\w+\.js" integrity="sha256-[^"]+">$/),
  ]);
});
