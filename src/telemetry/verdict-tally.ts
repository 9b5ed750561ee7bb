/** Counts verdicts of policies: plain numbers that are updated by calls and read when metrics are asked for. */
import { clip } from '../lib/clip.ts';
import { printable } from '../lib/printable.ts';
import { Decision } from '../protocol/schema/decision.ts';

/** The number of calls of a hook with one verdict from one method or rule. */
export interface VerdictCount {
  readonly hook: string;
  readonly verdict: Decision['verdict'];
  /** A method, a rule, or {@link REST}. */
  readonly by: string;
  /** Whether the verdict reached the broker. */
  readonly mode: 'enforce' | 'shadow';
  readonly calls: number;
}

/** The most names of methods and rules that are counted separately for each hook: each is a time series. */
const MAX_NAMES = 200;

/** The name of all others together. */
export const REST = '(others)';

/** Rules from a client's token have names such as `acl.pub[0]`: as many as the token has entries. */
const GRANTED = /^acl(\.(pub|sub|all))?\[\d+\]$|^acl: not listed$/;

const verdicts: readonly Decision['verdict'][] = Decision.shape.verdict.options;

/** In the order of the columns in a row of counts. */
const columns = verdicts.flatMap((verdict) =>
  (['enforce', 'shadow'] as const).map((mode) => ({ verdict, mode })),
);

export class VerdictTally {
  /** By hook and then by name. Doubles, which count exactly up to 2^53. */
  readonly #rows = new Map<string, Map<string, Float64Array>>();

  count(hook: string, { verdict, by, isShadow }: Decision): void {
    const row = this.#rowOf(hook, by);
    (row[verdicts.indexOf(verdict) * 2 + Number(isShadow)] as number)++;
  }

  /** The counts that are not zero. */
  get counts(): readonly VerdictCount[] {
    return [...this.#rows].flatMap(([hook, names]) =>
      [...names].flatMap(([by, row]) =>
        columns.flatMap((column, place) => {
          const calls = row[place] ?? 0;
          return calls === 0 ? [] : [{ hook, by, ...column, calls }];
        }),
      ),
    );
  }

  /** By hook and verdict alone: `client.authorize` -> `deny` -> 3. */
  get verdicts(): Readonly<Record<string, Readonly<Record<string, number>>>> {
    const sums: Record<string, Record<string, number>> = {};
    for (const { hook, verdict, calls } of this.counts) {
      const ofHook = sums[hook] ?? {};
      sums[hook] = { ...ofHook, [verdict]: (ofHook[verdict] ?? 0) + calls };
    }
    return sums;
  }

  #rowOf(hook: string, by: string): Float64Array {
    let names = this.#rows.get(hook);
    if (names === undefined) {
      names = new Map();
      this.#rows.set(hook, names);
    }
    const known = names.get(by);
    if (known !== undefined) return known;
    const name = GRANTED.test(by) ? 'acl' : printable(clip(by));
    return openRow(names, names.has(name) || names.size < MAX_NAMES ? name : REST);
  }
}

function openRow(names: Map<string, Float64Array>, name: string): Float64Array {
  const row = names.get(name) ?? new Float64Array(columns.length);
  names.set(name, row);
  return row;
}
