import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loginMethods } from '../../../src/lookup/methods/kinds.ts';
import { codeOf, filesUnder, readSource, root } from '../../support/source.ts';

const names = loginMethods.map(({ name }) => name);

describe('A login method', () => {
  it('is a folder with a declaration, and is in the list', () => {
    const folders = readdirSync(join(root, 'src/lookup'), { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && existsSync(join(root, 'src/lookup', entry.name, 'declaration.ts')),
    );
    expect(folders.map(({ name }) => name).toSorted()).toStrictEqual(names.toSorted());
  });

  it.each(names)('%s has files of the same names as the others, and a page', (name) => {
    for (const file of ['declaration.ts', 'open.ts', 'docs.md'])
      expect(existsSync(join(root, 'src/lookup', name, file))).toBe(true);
  });

  it('is opened by code that is loaded then, and imported by its declaration alone', async () => {
    const openers = await Promise.all(loginMethods.map(async ({ load }) => typeof (await load())));
    expect(new Set(openers)).toStrictEqual(new Set(['function']));
    const importers = filesUnder('src').filter((path) =>
      new RegExp(`^import (?!type)[^;]*(${names.join('|')})/open\\.ts'`, 'm').test(readSource(path)),
    );
    expect(importers).toStrictEqual([]);
  });

  it('is named by no code outside of its folder and the list', () => {
    const exceptions = [
      // A recording has no passwords: what can be told of users without them, the comparison tells.
      'inspector/compare/offline-methods',
      // The records of users are free in their form: no schema says which of their fields are secrets.
      'inspector/policy/hidden',
    ];
    const own = new RegExp(
      `^src/lookup/(${names.join('|')})/|^src/lookup/methods/kinds\\.ts$|^src/(${exceptions.join('|')})\\.ts$`,
    );
    const others = filesUnder('src').filter((file) => !own.test(file));
    const named = new RegExp(
      `\\b(sections?|methods?)(\\[\\w+\\])?\\??\\.(${names.join('|')})\\b|\\?\\?*\\.(jwt|certificate|anonymous)\\b`,
    );
    expect(others.filter((file) => named.test(codeOf(readSource(file))))).toStrictEqual([]);
  });
});
