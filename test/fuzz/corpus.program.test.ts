/** The corpus, and a moment of the fuzzer itself: `npm run fuzz` takes longer. */
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORPUS, readCorpus } from './corpus.ts';
import { checkInput } from './fuzz.ts';
import { openTargets } from './targets.ts';

const targets = await openTargets();

it('every directory of the corpus belongs to a target', () => {
  expect(targets.map(({ name }) => name)).toEqual(expect.arrayContaining(readdirSync(CORPUS)));
});

describe.each(targets)('$name', (target) => {
  const kept = readCorpus(target.name);

  it('has inputs that are kept', () => {
    expect(kept.length).toBeGreaterThan(0);
  });

  it.each(kept)('stands $file', ({ input }) => {
    checkInput(target, input);
  });

  it('stands a hundred inputs of the fuzzer', () => {
    fc.assert(
      fc.property(target.input, (input) => checkInput(target, input)),
      { numRuns: 100, seed: 42 },
    );
  });
});
