/** `npm run fuzz`, for a moment. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from '../support/source.ts';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/fuzz.mjs', ...args], { cwd: root, encoding: 'utf8' });

it('prints how often it asked each target, and ends with 0 when it finds nothing', () => {
  const { status, stdout, stderr } = run(
    '--seconds',
    '1',
    '--seed',
    '5',
    '--target',
    'cidr',
    '--target',
    'topics',
  );
  expect([status, stderr]).toStrictEqual([0, '']);
  expect(stdout).toMatch(/^fuzzing for 1 s, seed 5\n +\d+ runs {2}topics\n +\d+ runs {2}cidr\n$/);
});

it.each([
  [['--seconds', 'long'], '--seconds: write a number above 0'],
  [['--target', 'moon'], '--target takes one of: wire, '],
])('ends with 2 when it is used wrongly: %j', (args, problem) => {
  const { status, stdout } = run(...args);
  expect(status).toBe(2);
  expect(stdout).toContain(problem);
  expect(stdout).toContain('usage: npm run fuzz');
});
