/** Bounds the work of one evaluation: the expression is trusted, its input comes from a client. */
import type { CelEnv } from '@bufbuild/cel';
import type { ConditionWork } from '../../policy/condition.ts';
import { type Call, countingCalls } from './counting-calls.ts';
import { patternOf } from './patterns.ts';

type Functions = CelEnv['funcs'];
type Group = NonNullable<ReturnType<Functions['find']>>;
type Arguments = Parameters<Group['call']>[2];

/** Wrapped around the range of a loop, see `checkExpression`. */
export const VISIT = '@visit';

/** Units per evaluation; the most expensive evaluation takes a few tens of milliseconds. */
const BUDGET = 1_000_000;
/** Cost of an iteration: at most 10,000 in all loops together. */
const TURN = 100;
/** Cost per part of an iteration: an iteration of 20 parts costs 100. */
const PART = 5;
/** Cost per character that a pattern is tried on: at most 100,000, fewer for expensive patterns. */
const MATCHED = 10;
/** Cost of a conversion: usual texts are short; converting a long one is expensive. */
const conversions = ['int', 'uint', 'double', 'bool', 'timestamp', 'duration'];
const MAX_CONVERTED = 1024;
/** Cost of a time or a part of one: libraries create them. */
const TIME = 100;
/** Cost of a named time zone: it needs a separate formatter. */
const ZONE = 3000;
const ofTimes = /^(?:timestamp|duration|get[A-Z])/;

/** The evaluation was ended. */
export class TooMuchWork extends Error {
  constructor() {
    super('takes too much work');
  }
}

/** Charges for work before it is done, or throws. */
export type Charge = (cost: number) => void;

export class Meter {
  #budget = BUDGET;
  #left = BUDGET;

  /** @param ofCall the budget shared by all evaluations of one call. */
  begin(ofCall?: ConditionWork): void {
    this.#budget = Math.min(BUDGET, ofCall?.conditionWork ?? BUDGET);
    this.#left = this.#budget;
  }

  /** Subtracts the work of the evaluation from the budget of the call. */
  end(ofCall: ConditionWork | undefined): void {
    if (ofCall !== undefined) ofCall.conditionWork -= this.#budget - this.#left;
  }

  /** @throws TooMuchWork if the budget is exhausted. */
  charge(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) throw new TooMuchWork();
  }

  /** Wraps the functions to charge for each call. */
  watch(functions: Functions): Functions {
    const counting = countingCalls((cost) => this.charge(cost), functions);
    const find = (name: string): Group | undefined => {
      if (name === VISIT) return this.#visit();
      const group = functions.find(name);
      return group && this.#watched(name, group, counting[name] ?? group.call.bind(group));
    };
    return Object.create(functions, { find: { value: find } }) as Functions;
  }

  #watched(name: string, group: Group, work: Call): Group {
    const cost = costFor(name);
    const call: Call = (id, target, args) => {
      this.charge(cost(target, args));
      return work(id, target, args);
    };
    return Object.create(group, { call: { value: call } }) as Group;
  }

  #visit(): Group {
    const call: Call = (_id, _target, [range, parts]) => {
      this.charge(Math.max(TURN, PART * Number(parts)) * (sizeOf(range) ?? 0));
      return range;
    };
    return { name: VISIT, call } as unknown as Group;
  }
}

type Cost = (target: unknown, args: Arguments) => number;

function costFor(name: string): Cost {
  if (name === 'matches') return costOfMatch;
  if (conversions.includes(name)) return costOfConversion;
  return ofTimes.test(name) ? costOfTime : costOfCall;
}

/** @throws TooMuchWork */
function costOfConversion(target: unknown, args: Arguments): number {
  const [value] = args;
  if (typeof value !== 'string') return costOfCall(target, args);
  if (value.length > MAX_CONVERTED) throw new TooMuchWork();
  return TIME;
}

function costOfTime(_target: unknown, args: Arguments): number {
  return args.some((arg) => typeof arg === 'string' && arg.length > 6) ? ZONE : TIME;
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

/** Processing texts and bytes is fast. */
function costOf(value: unknown): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length >>> 4 : 0;
}

/** Returns the number of items of a CEL list or map. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('size' in value)) return undefined;
  return typeof value.size === 'number' ? value.size : undefined;
}
