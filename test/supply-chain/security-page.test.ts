/** docs/security.md claims nothing about tests, keys and pages that are not there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { Config } from '../../src/config/schema.ts';
import { keysAt } from '../../src/lib/schema/walk.ts';
import { root } from '../support/source.ts';
import { manifest, read } from './support.ts';

const page = 'docs/security.md';
const text = read(page);
const quoted = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

it('names tests that are there, and many', () => {
  const tests = [...new Set(quoted.filter((code) => code.startsWith('test/')))];
  expect(tests.length).toBeGreaterThan(50);
  expect(tests.filter((file) => !existsSync(join(root, file)))).toStrictEqual([]);
  expect(tests.filter((file) => !/\b(it|test)\b/.test(readFileSync(join(root, file), 'utf8')))).toStrictEqual(
    [],
  );
});

it('names keys of the configuration that are there', () => {
  const sections = keysAt(Config, []);
  const keys = quoted
    .flatMap((code) => /^([a-z]\w*(?:\.[a-z]\w*)+)(?::.*)?$/i.exec(code)?.[1] ?? [])
    .filter((key) => sections.includes(key.split('.')[0] ?? ''));
  expect(keys.length).toBeGreaterThan(10);
  for (const key of keys) {
    const path = key.split('.');
    expect(keysAt(Config, path.slice(0, -1)), key).toContain(path.at(-1));
  }
});

it('names commands that are there', () => {
  const scripts = Object.keys(manifest.scripts as object);
  const run = quoted.flatMap((code) => /^npm run ([\w:]+)/.exec(code)?.[1] ?? []);
  expect(run.length).toBeGreaterThan(0);
  expect(run.filter((name) => !scripts.includes(name))).toStrictEqual([]);
});

it.each([page, 'SECURITY.md', 'CONTRIBUTING.md', 'docs/licences.md'])(
  '%s: leads to places that are there',
  (file) => {
    const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    for (const link of links.filter((one) => !/^https?:/.test(one))) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? file : join(dirname(file), path);
      expect(existsSync(join(root, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(target)), link).toContain(anchor);
    }
  },
);

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-'));
}
