/**
 * Regular expressions for text that a client chose: linear in the text (RE2), and not evaluated where that
 * would still take long. The caller decides what a missing answer means; it must allow nothing.
 *
 * The work is known in advance: the length of the text times the size of the program, or the length alone
 * where the whole automaton is small. A unit takes at most about 16 ns on a machine of 2024, so a text takes
 * at most some 8 ms.
 */
import { type Automaton, compileAutomaton } from './engine.ts';
import type { Dialect } from './escapes.ts';
import { PatternProblem } from './problem.ts';
import { translate } from './translate.ts';

export type { Dialect } from './escapes.ts';

export type PatternOutcome = 'match' | 'no-match' | 'too-costly';

/** Work allowed for one question, all its texts and patterns together: counted, never timed. */
export interface PatternBudget {
  /** Units left. */
  patternWork: number;
}

export interface Pattern {
  /** The pattern as written. */
  readonly source: string;
  /** Returns the units of work that this text would take. */
  work(text: string): number;
  /**
   * Reports whether the pattern matches somewhere in the text.
   *
   * @param budget the work is deducted from it; a test that would exceed it does not run
   */
  test(text: string, budget?: PatternBudget): PatternOutcome;
}

/** Units for one text. */
export const MAX_WORK = 524_288;

/** Units per instruction and character; a look-up in the table of a whole automaton is one. */
const STEP = 2;

/** Many clients' grants have the same patterns, which arrive with each login. */
const MAX_RECENT = 256;
/** Longer patterns are compiled each time. */
const MAX_RECENT_LENGTH = 512;
const recent = new Map<string, Pattern>();

/** Compiles a pattern, or returns what is wrong with it. */
export function compilePattern(source: string, dialect: Dialect): Pattern | { readonly problem: string } {
  const key = `${dialect} ${source}`;
  const known = recent.get(key);
  if (known !== undefined) return known;
  const compiled = compileAnew(source, dialect);
  if ('problem' in compiled || source.length > MAX_RECENT_LENGTH) return compiled;
  const [oldest] = recent.size < MAX_RECENT ? [] : recent.keys();
  if (oldest !== undefined) recent.delete(oldest);
  recent.set(key, compiled);
  return compiled;
}

function compileAnew(source: string, dialect: Dialect): Pattern | { readonly problem: string } {
  try {
    return createPattern(source, compileAutomaton(translate(source, dialect)));
  } catch (error) {
    if (error instanceof PatternProblem) return { problem: error.message };
    if (isSyntaxError(error)) return { problem: error.message.replace(/^error parsing regexp: /, '') };
    throw error;
  }
}

function createPattern(source: string, automaton: Automaton): Pattern {
  let each = 0;
  const work = (text: string): number => {
    if (each === 0) each = automaton.isComplete ? 1 : STEP * automaton.size;
    return text.length * each;
  };
  return {
    source,
    work,
    test(text, budget) {
      const cost = work(text);
      if (cost > MAX_WORK) return 'too-costly';
      if (budget !== undefined) {
        if (cost > budget.patternWork) return 'too-costly';
        budget.patternWork -= cost;
      }
      return automaton.test(text) ? 'match' : 'no-match';
    },
  };
}

/** RE2 rejects what the translation accepted. */
function isSyntaxError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'RE2JSSyntaxException';
}
