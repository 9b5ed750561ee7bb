/** The public JSON Schema Test Suite, where it is there: `npm run suite:json-schema` prints the same figures. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script, without types.
import { findSuite, runSuite, SUITE_COMMIT } from '../../../scripts/json-schema-suite/suite.mjs';
import { openJsonSchema } from '../../../src/payload/schema/json-schema.ts';
import { root } from '../../support/source.ts';

interface Row {
  readonly draft: string;
  readonly part: string;
  readonly run: number;
  readonly passed: number;
  readonly skipped: readonly { readonly name: string; readonly passes: boolean }[];
  readonly failed: readonly string[];
}

const suite: string | undefined = findSuite(root);

describe.skipIf(suite === undefined)(
  'the JSON Schema Test Suite (skipped without EXHOOK_SUITES)',
  async () => {
    const rows: Row[] = suite === undefined ? [] : await runSuite(suite, openJsonSchema);

    it.each(rows)('passes in $draft, $part', ({ failed, passed, run }) => {
      expect(failed).toStrictEqual([]);
      expect(passed).toBe(run);
      expect(run).toBeGreaterThan(100);
    });

    it('skips none of the required tests, and none that would pass', () => {
      expect(rows.filter(({ part, skipped }) => part === 'required' && skipped.length > 0)).toStrictEqual([]);
      const passing = rows.flatMap(({ skipped }) => skipped.filter(({ passes }) => passes));
      expect(passing).toStrictEqual([]);
    });

    it('has the figures that the docs show', () => {
      const page = readFileSync(join(root, 'docs/codecs.md'), 'utf8').replace(/ +/g, ' ');
      expect(page).toContain(SUITE_COMMIT.slice(0, 8));
      for (const { draft, part, run, passed, skipped } of rows)
        expect(page).toContain(`| ${draft} | ${part} | ${run} | ${passed} | ${skipped.length} |`);
    });
  },
);
