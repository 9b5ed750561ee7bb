/** What package.json and the lock file promise: nothing runs when they are installed, and nothing is unpinned. */
import { expect, it } from 'vitest';
import { lock, manifest } from './support.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const packages = Object.entries(lock.packages as Readonly<Record<string, Locked>>).filter(
  ([path]) => path !== '',
);

it('locks every package by version and by SHA-512', () => {
  for (const [path, { version, integrity, link, inBundle }] of packages) {
    expect(link, path).toBeUndefined();
    expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
    if (!inBundle) expect(integrity, path).toMatch(/^sha512-/);
  }
});

it('takes no package from a git repository, a URL or a directory', () => {
  const names = ['dependencies', 'devDependencies', 'optionalDependencies'];
  for (const [name, range] of names.flatMap((group) => Object.entries((manifest[group] ?? {}) as object)))
    expect(range, name).toMatch(/^(?:[\^~]?\d+\.\d+\.\d+|\d+\.\d+\.\d+-[\w.]+)$/);
});

it('has the same ranges in the lock file as in package.json', () => {
  const own = lock.packages[''] as unknown as Record<string, unknown>;
  for (const group of ['dependencies', 'devDependencies']) expect(own[group]).toStrictEqual(manifest[group]);
});

it('runs nothing of ours when users install it', () => {
  const scripts = Object.keys(manifest.scripts as object);
  expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toStrictEqual([]);
});

it('has these packages with install scripts, and no others: each was looked at', () => {
  const found = packages
    .filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev)
    .map(([path]) => path);
  // They choose, or build, the native part for the platform. docs/security.md names them.
  expect(found).toStrictEqual(['node_modules/lmdb', 'node_modules/msgpackr-extract']);
});
