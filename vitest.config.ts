import { defineConfig } from 'vitest/config';
import { listTests } from './test/support/projects.ts';

// `npm run test:faults` and `npm run test:attack` run a folder alone; everything else leaves both out.
const alone = process.env.EXHOOK_TEST_ATTACK ? 'attack' : process.env.EXHOOK_TEST_LONG && 'faults';
const tests = listTests();

/**
 * Half of the tests wait for servers and timers: more of them at once than there are cores. Vitest would let a number here win
 * over the one of the command line.
 */
const workers = process.argv.some((word) => word.startsWith('--maxWorkers')) ? {} : { maxWorkers: 6 };
const globalSetup = 'test/support/program-setup.ts';

/** Values and the flow with fakes: a worker loads a module once, for all of its files. */
const pure = {
  name: 'pure',
  include: tests.pure,
  ...workers,
  isolate: false,
  // What a file left behind would be there for the next one.
  restoreMocks: true,
  unstubEnvs: true,
  unstubGlobals: true,
};

/** What starts programs, servers and threads, or replaces modules: a process of its own for each file. */
const program = {
  name: 'program',
  include: tests.program,
  ...workers,
  globalSetup,
};

const lonely = {
  name: alone ?? '',
  include: [`test/${alone}/**/*.test.ts`],
  // They are about load.
  maxWorkers: 1,
  testTimeout: 300_000,
  globalSetup,
};

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes; a second would be a bet on the machine.
    expect: { poll: { timeout: 20_000, interval: 20 } },
    projects: (alone === undefined ? [pure, program] : [lonely]).map((test) => ({ extends: true, test })),
  },
});
