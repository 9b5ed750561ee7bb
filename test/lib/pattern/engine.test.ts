/** Properties of the engine's internals that keep its work and memory bounded. */
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compileAutomaton } from '../../../src/lib/pattern/engine.ts';

const random = (length: number, seed: number) => {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state & 0x10000 ? 'a' : 'b';
  }).join('');
};

/** What an automaton keeps, by its own estimate, after texts that make as many states as there are. */
function kept(pattern: string): number {
  const programs: RE2JS[] = [];
  const { compile } = RE2JS;
  RE2JS.compile = (...given) => {
    const program = compile.apply(RE2JS, given);
    programs.push(program);
    return program;
  };
  try {
    const automaton = compileAutomaton(pattern);
    void automaton.isComplete;
    for (let i = 1; i < 40; i++) automaton.test(`c${random(3000, i)}`);
  } finally {
    RE2JS.compile = compile;
  }
  const dfa = programs[0]?.re2().dfa;
  if (dfa === undefined) throw new Error('no program was compiled');
  return [...dfa.cachedStates()].reduce(
    (sum, { nfaStates, next }) =>
      sum + 150 + 8 * nfaStates.length + (next === null ? 0 : 48 + 8 * next.length),
    0,
  );
}

describe('an automaton', () => {
  test('keeps few states, whatever texts it is given', () => {
    const bytes = kept('(?:a|b)*a(?:a|b){14}c');
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThanOrEqual(32_768);
  });

  test('that is built whole gains no state by a text', () => {
    const bytes = kept('^[a-z]+(?:-[a-z]+)*$');
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThanOrEqual(65_536);
  });

  test('gives the answers of an automaton without bounds', () => {
    for (const pattern of ['(?:a|b)*a(?:a|b){14}c', '^(?:a|b)*a(?:a|b){9}$', '\\p{L}b+\\p{Lu}', 'a{20}b{20}'])
      for (let i = 1; i < 20; i++) {
        const text = `c${random(500, i)}c`;
        const automaton = compileAutomaton(pattern);
        void automaton.isComplete;
        expect(automaton.test(text)).toBe(RE2JS.compile(pattern).test(text));
      }
  });

  test('is not built for patterns that tell many kinds of characters apart', () => {
    expect(compileAutomaton('^\\p{L}+$').isComplete).toBe(false);
    expect(compileAutomaton('^[a-z]+$').isComplete).toBe(true);
  });
});
