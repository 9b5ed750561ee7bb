import { configDefaults, defineConfig } from 'vitest/config';

// `npm run test:faults` and `npm run test:attack` run a folder alone; everything else leaves both out.
const isAttack = process.env.EXHOOK_TEST_ATTACK !== undefined;
const isLong = process.env.EXHOOK_TEST_LONG !== undefined || isAttack;
const separate = ['test/faults/**', 'test/attack/**'];

export default defineConfig({
  test: {
    include: isLong ? [`test/${isAttack ? 'attack' : 'faults'}/**/*.test.ts`] : ['test/**/*.test.ts'],
    exclude: isLong ? configDefaults.exclude : [...configDefaults.exclude, ...separate],
    // Most of the time tests wait for servers: more of them at once than there are cores. The long ones are about load.
    maxWorkers: isLong ? 1 : 3,
    testTimeout: isLong ? 300_000 : 30_000,
    hookTimeout: 60_000,
  },
});
