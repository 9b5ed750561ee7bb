import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { programTests, separateFolders } from '../../test/support/projects.ts';

/** The tests that start nothing, without those that read sources as text: mutated ones look different. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      ...programTests,
      ...separateFolders.map((folder) => `test/${folder}/**`),
      ...['architecture', 'dynamic-imports', 'projects'].map((name) => `test/${name}.test.ts`),
      'test/docs/**',
      'test/events/memory.test.ts',
    ],
    testTimeout: 30_000,
  },
});
