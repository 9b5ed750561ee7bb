/**
 * Which of the two projects of vitest a test belongs to, by its path alone; `vitest.config.ts` reads it, and
 * `test/projects.test.ts` holds the tests to it.
 */

/** Folders about programs, servers and real systems: all tests in them are isolated. */
export const programFolders = [
  'deploy',
  'emqx',
  'examples',
  'program',
  'redaction',
  'sinks',
  'supply-chain',
  'telemetry/tracing',
  'transport',
];

/** Elsewhere, such a test has this ending. */
export const programEnding = '.program.test.ts';

/** Run on their own, by `npm run test:faults` and `npm run test:attack`. */
export const separateFolders = ['attack', 'faults'];

/** Patterns of the tests that are isolated, each file in a process of its own. */
export const programTests = [
  ...programFolders.map((folder) => `test/${folder}/**/*.test.ts`),
  `test/**/*${programEnding}`,
];

/** Whether a test, by its path from the root of the project, is isolated. */
export function isProgramTest(path: string): boolean {
  return path.endsWith(programEnding) || isIn(path, programFolders);
}

/** Whether a test is part of `npm test`. */
export function isOrdinary(path: string): boolean {
  return !isIn(path, separateFolders);
}

const isIn = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path.startsWith(`test/${folder}/`));
