/** The linter forbids it, too; its rules are patterns that a rewrite of code could slip through. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSource, root } from '../../support/source.ts';

const markup =
  /innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|parseFromString|document\.write|dangerouslySet|\beval\(|new Function/i;

it('Nothing in the page of the inspector makes markup or code of a text', () => {
  const files = readdirSync(join(root, 'web/inspector'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file)).map((file) => join('web/inspector', file));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((file) => markup.test(readSource(file)))).toStrictEqual([]);
});
