/**
 * RE2 in JavaScript (re2js), with bounded work and memory. The only file that depends on its internals: the
 * version is pinned, and `test/lib/pattern/engine.test.ts` fails when they change.
 */
import { RE2JS } from 're2js';

type Re2 = ReturnType<RE2JS['re2']>;
type Dfa = Re2['dfa'];

/** A compiled pattern in RE2's syntax. */
export interface Automaton {
  /** Instructions of the program. */
  readonly size: number;
  /**
   * Whether every reachable state is built: then a character costs one table look-up. Constant per pattern.
   * Read it before the first test, because that is when the states are built.
   */
  readonly isComplete: boolean;
  test(text: string): boolean;
}

/** Bytes of cached states per pattern, by RE2's own estimate. */
const MAX_KEPT = 32_768;
/** Bytes of a completely built automaton, per pattern. */
const MAX_WHOLE = 65_536;
/** Larger programs seldom have a small automaton, and trying takes time. */
const MAX_WHOLE_SIZE = 256;
/**
 * Character classes that a program distinguishes: each state has an entry for each. Letters of all scripts
 * are 1,300.
 */
const MAX_CLASSES = 64;

const UNANCHORED = 0;
const END_OF_TEXT = -1;

/** @throws RE2JSSyntaxException */
export function compileAutomaton(pattern: string): Automaton {
  const program = RE2JS.compile(pattern);
  const re2 = program.re2();
  let isComplete: boolean | undefined;
  return {
    size: program.programSize(),
    get isComplete() {
      isComplete ??= re2.prefixComplete || buildWhole(program, re2);
      return isComplete;
    },
    test: (text) => program.test(text),
  };
}

/** Reports whether RE2 knows `\\p{NAME}`. */
export function isKnownProperty(name: string): boolean {
  try {
    RE2JS.compile(`\\p{${name}}`);
    return true;
  } catch {
    return false;
  }
}

function limit(dfa: Dfa, bytes: number): void {
  dfa.stateBudget = bytes;
  dfa.clearCache();
}

/** Builds all states of the automaton; else limits the cached ones, or disables it. */
function buildWhole(program: RE2JS, re2: Re2): boolean {
  const { dfa } = re2;
  if (dfa.numClasses > MAX_CLASSES) {
    dfa.failed = true;
    return false;
  }
  // The automaton takes less time per character.
  re2.onepass = null as never;
  limit(dfa, MAX_WHOLE);
  if (program.programSize() <= MAX_WHOLE_SIZE && hasRoomForAll(program, re2)) return true;
  limit(dfa, MAX_KEPT);
  return false;
}

function hasRoomForAll(program: RE2JS, re2: Re2): boolean {
  const { dfa } = re2;
  makeStart(program, re2);
  const states = new Set<State>(dfa.startStates.values());
  // A set's iteration includes items that are added meanwhile.
  for (const state of states) {
    if (state.isMatch) continue;
    for (let cls = 0; cls <= dfa.numClasses; cls++) {
      const next = dfa.step(state, cls, representative(dfa, cls), UNANCHORED) as State | null;
      if (next === null) return false;
      states.add(next);
    }
  }
  return states.size > 0;
}

interface State {
  readonly isMatch: boolean;
}

/** Builds the start state. The prefilter would hide the empty text from it. */
function makeStart(program: RE2JS, re2: Re2): void {
  const { prefilter } = re2;
  re2.prefilter = null;
  program.test('');
  re2.prefilter = prefilter;
}

/** Returns a character of a class: the automaton does not distinguish those of one class. */
function representative(dfa: Dfa, cls: number): number {
  if (cls === dfa.numClasses) return END_OF_TEXT;
  return cls === 0 ? 0 : (dfa.classBounds[cls - 1] ?? 0);
}
