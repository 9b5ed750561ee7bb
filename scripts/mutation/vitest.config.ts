import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { listTests } from '../../test/support/projects.ts';

/** The room in `src/` of the mutated file. */
const room = process.env.EXHOOK_MUTATION_ROOM;
if (room === undefined) throw new Error('EXHOOK_MUTATION_ROOM is missing: use npm run test:mutation');

/**
 * The room's tests that start no processes: all tests of the project reach such files, and would take a minute per
 * mutant. Leaves out the one slow test.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [`test/${room}/**/*.test.ts`],
    exclude: [...configDefaults.exclude, ...listTests().program, 'test/events/spool/damage.test.ts'],
    testTimeout: 120_000,
  },
});
