import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { programTests } from '../../test/support/projects.ts';

/** The room in `src/` of the file that is mutated. */
const room = process.env.EXHOOK_MUTATION_ROOM;
if (room === undefined) throw new Error('EXHOOK_MUTATION_ROOM is missing: use npm run test:mutation');

/**
 * The tests of the room that start nothing: all tests of the project reach such files, and would take a minute a
 * mutant. Without the one that takes as long by itself.
 */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [`test/${room}/**/*.test.ts`],
    exclude: [...configDefaults.exclude, ...programTests, 'test/events/spool/damage.test.ts'],
    testTimeout: 120_000,
  },
});
