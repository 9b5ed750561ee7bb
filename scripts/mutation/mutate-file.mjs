// Mutates one file, runs the tests that reach it for each mutant, and writes the results: FILE RESULT.
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
  // A mutant of code that runs when a module is loaded would need all tests.
  ignoreStatic: true,
  // Texts are not guarded here.
  mutator: { excludedMutations: ['StringLiteral', 'Regex'] },
  incremental: true,
  incrementalFile: result.replace(/\.json$/, '.incremental.json'),
  reporters: ['progress-append-only'],
  tempDirName: '.mutation/tmp',
  // Paths need no rewriting here, and Stryker would use an API that TypeScript 7 does not have.
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
