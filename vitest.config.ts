import { configDefaults, defineConfig } from 'vitest/config';

// `npm run test:faults` runs the long ones alone; everything else leaves them out.
const isLong = process.env.EXHOOK_TEST_LONG !== undefined;

export default defineConfig({
  test: {
    include: isLong ? ['test/faults/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, 'test/faults/**'],
    // Most of the time tests wait for servers: more of them at once than there are cores. The long ones are about load.
    maxWorkers: isLong ? 1 : 3,
    testTimeout: isLong ? 300_000 : 30_000,
    hookTimeout: 60_000,
  },
});
