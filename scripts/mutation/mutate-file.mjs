// Mutates one file, runs the tests that reach it for each mutant, and writes what became of them: FILE RESULT.
import { writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

const [file, result] = process.argv.slice(2);

const mutants = await new Stryker({
  mutate: [file],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: true },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant of what runs when a module is loaded would need all tests.
  ignoreStatic: true,
  // Texts are not what is guarded here.
  mutator: { excludedMutations: ['StringLiteral', 'Regex'] },
  incremental: true,
  incrementalFile: result.replace(/\.json$/, '.incremental.json'),
  reporters: ['progress-append-only'],
  tempDirName: '.mutation/tmp',
  // Its paths need no rewriting here, and Stryker would do that with an API that TypeScript 7 has not.
  tsconfigFile: 'none',
  ignorePatterns: ['dist', 'coverage', '.mutation', 'bench', 'deploy'],
  allowConsoleColors: false,
  logLevel: 'warn',
  timeoutMS: 10_000,
}).runMutationTest();

const inFile = mutants.map(({ status, location, mutatorName, replacement }) => ({
  status,
  line: location.start.line,
  mutator: mutatorName,
  replacement: replacement?.slice(0, 120),
}));
writeFileSync(result, JSON.stringify(inFile));
