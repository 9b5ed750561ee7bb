/** The sources that `npm run test:mutation` breaks on purpose. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
// @ts-expect-error A plain script.
import { guardedFiles } from '../scripts/mutation/files.mjs';
import { root } from './support/source.ts';

it('each file that mutation testing covers exists, and is listed once', () => {
  const files: string[] = guardedFiles;
  expect(files.filter((file) => !existsSync(join(root, file)))).toStrictEqual([]);
  expect(new Set(files).size).toBe(files.length);
});
