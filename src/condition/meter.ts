/** Bounds the work of one evaluation: the expression is ours, what it works on comes from a client. */
import type { CelEnv } from '@bufbuild/cel';
import { patternOf } from './patterns.ts';

type Functions = CelEnv['funcs'];
type Group = NonNullable<ReturnType<Functions['find']>>;
type Arguments = Parameters<Group['call']>[2];

/** Wrapped around what a loop goes over, see `checkExpression`. */
export const VISIT = '@visit';

/** Units of one evaluation; the dearest takes some tens of milliseconds. */
const BUDGET = 1_000_000;
/** A turn of a loop: 10,000 are the most, in all loops together. */
const TURN = 100;
/** Comparing two lists or maps walks through both, and so does a search in one. */
const COMPARISON = 10_000;
const comparisons = ['_==_', '_!=_', '@in', '_in_', 'in'];
/** A character that a pattern is tried on: 100,000 are the most, and fewer for a pattern that takes more work. */
const MATCHED = 10;

/** The evaluation was ended. */
export class TooMuchWork extends Error {
  constructor() {
    super('takes too much work');
  }
}

/** Pays for work that is about to be done, or throws. */
export type Charge = (cost: number) => void;

export class Meter {
  #left = BUDGET;

  reset(): void {
    this.#left = BUDGET;
  }

  /** @throws TooMuchWork when nothing is left for it. */
  charge(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new TooMuchWork();
  }

  /** The same functions, with each call charged. */
  watch(functions: Functions): Functions {
    const find = (name: string): Group | undefined => {
      if (name === VISIT) return this.#visit();
      const group = functions.find(name);
      return group && this.#watched(name, group);
    };
    return Object.create(functions, { find: { value: find } }) as Functions;
  }

  #watched(name: string, group: Group): Group {
    const charge =
      name === 'matches' ? costOfMatch : comparisons.includes(name) ? costOfComparison : costOfCall;
    const call: Group['call'] = (id, target, args) => {
      this.charge(charge(target, args));
      return group.call(id, target, args);
    };
    return Object.create(group, { call: { value: call } }) as Group;
  }

  #visit(): Group {
    const call: Group['call'] = (_id, _target, [range]) => {
      this.charge(TURN * (sizeOf(range) ?? 0));
      return range;
    };
    return { name: VISIT, call } as unknown as Group;
  }
}

function costOfMatch(target: unknown, [pattern]: Arguments): number {
  if (typeof target !== 'string' || typeof pattern !== 'string') return 1;
  return Math.max(MATCHED * target.length, patternOf(pattern).work(target));
}

function costOfCall(target: unknown, args: Arguments): number {
  let cost = 1 + costOf(target);
  for (const arg of args) cost += costOf(arg);
  return cost;
}

function costOfComparison(target: unknown, args: Arguments): number {
  const isDeep = args.some((arg) => sizeOf(arg) !== undefined);
  return costOfCall(target, args) + (isDeep ? COMPARISON : 0);
}

/** Texts and bytes are gone through quickly. */
function costOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length >>> 4 : 0;
}

/** Items of a list or map of CEL. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('size' in value)) return undefined;
  return typeof value.size === 'number' ? value.size : undefined;
}
