import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sinkKinds } from '../../src/sinks/kinds.ts';
import { codeOf, filesUnder, readSource, root } from '../support/source.ts';

const names = sinkKinds.map(({ name }) => name);

describe('A kind of sink', () => {
  it('is a folder with a declaration, and is in the list', () => {
    const folders = readdirSync(join(root, 'src/sinks'), { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && existsSync(join(root, 'src/sinks', entry.name, 'declaration.ts')),
    );
    expect(folders.map(({ name }) => name).toSorted()).toStrictEqual(names.toSorted());
  });

  it.each(names)('%s has files of the same names as the others, and a page', (name) => {
    for (const file of ['declaration.ts', 'open.ts', 'docs.md'])
      expect(existsSync(join(root, 'src/sinks', name, file))).toBe(true);
  });

  it('is opened by code that is loaded then, and imported by its declaration alone', async () => {
    const openers = await Promise.all(sinkKinds.map(async ({ load }) => typeof (await load())));
    expect(new Set(openers)).toStrictEqual(new Set(['function']));
    for (const file of filesUnder('src/sinks').filter((path) => path.endsWith('/declaration.ts')))
      expect(codeOf(readSource(file))).not.toMatch(/^import (?!type).*(open|sink|connection)\.ts/m);
  });

  it('is named by no code outside of its folder and the list', () => {
    const own = new RegExp(`^src/sinks/(${names.join('|')})/|^src/sinks/kinds\\.ts$`);
    const others = filesUnder('src').filter((file) => !own.test(file));
    // Words that mean nothing but a sink; and any kind, as a key of a sink.
    const named = new RegExp(
      `\\b(nats|kafka|rabbitmq|postgres)\\b|\\bsinks?\\b(\\[\\w+\\])?\\??\\.(${names.join('|')})\\b`,
      'i',
    );
    expect(others.filter((file) => named.test(codeOf(readSource(file))))).toStrictEqual([]);
  });
});
