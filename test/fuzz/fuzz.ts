/** The loop: each target in turn, a little at a time, until the time is over. */
import fc from 'fast-check';
import type { Json, Target } from './target.ts';

export interface Finding {
  readonly target: string;
  readonly input: Json;
  /** What did not hold. */
  readonly error: unknown;
}

export interface FuzzOptions {
  /** Milliseconds. */
  readonly time: number;
  readonly seed: number;
  /**
   * Longest turn of one target, in milliseconds. Default: short, so each target gets many turns with different seeds.
   */
  readonly turn?: number;
  /** Most inputs of one turn. Default: as many as there is time for. */
  readonly runs?: number;
  readonly now?: () => number;
  /** An input is about to be checked. */
  readonly onInput?: (target: string, input: Json) => void;
  readonly onFinding: (finding: Finding) => void;
}

/** How often each target was asked. */
export type Runs = ReadonlyMap<string, number>;

const TURN = 500;

/** One input must not take longer, in milliseconds: far more than any needs on a busy machine. */
const SLOW = 5_000;

/** A target with a finding gets no more turns: it would find the same again. */
export function fuzz(targets: readonly Target[], options: FuzzOptions): Runs {
  const { now = () => performance.now(), seed, time, turn = TURN } = options;
  const end = now() + time;
  const runs = new Map(targets.map(({ name }) => [name, 0]));
  const open = new Set(targets);
  for (let round = 0; open.size > 0 && now() < end; round++) {
    for (const target of open) {
      if (now() >= end) break;
      const left = Math.min(turn, Math.max(1, end - now()));
      const { count, finding } = takeTurn(target, seed + round, left, options);
      runs.set(target.name, (runs.get(target.name) ?? 0) + count);
      if (finding === undefined) continue;
      open.delete(target);
      options.onFinding(finding);
    }
  }
  return runs;
}

interface Turn {
  readonly count: number;
  readonly finding: Finding | undefined;
}

function takeTurn(target: Target, seed: number, time: number, options: FuzzOptions): Turn {
  const { onInput, runs = Number.MAX_SAFE_INTEGER } = options;
  let count = 0;
  let finding: Finding | undefined;
  const property = fc.property(target.input, (input) => {
    count++;
    onInput?.(target.name, input);
    try {
      checkInput(target, input);
    } catch (error) {
      // The last one that fails is the smallest.
      finding = { target: target.name, input, error };
      throw error;
    }
  });
  fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit: time });
  return { count, finding };
}

/**
 * Checks one input, with what must hold for every target: it ends in time, and nothing is written past the log.
 *
 * @throws when something does not hold.
 */
export function checkInput(target: Target, input: Json): void {
  const { emitWarning } = process;
  let hasWarned = false;
  // A library that warns of its input may quote it.
  process.emitWarning = () => {
    hasWarned = true;
  };
  const start = performance.now();
  try {
    target.check(input);
  } finally {
    process.emitWarning = emitWarning;
  }
  const took = performance.now() - start;
  if (hasWarned) throw new Error('expected: no warning of the process');
  if (took > SLOW)
    throw new Error(`expected: an answer within ${SLOW} ms, but it took ${Math.round(took)} ms`);
}
