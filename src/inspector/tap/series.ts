/** Numbers of each second, for the charts: the last 15 minutes. */
import { hookNames } from '../../protocol/schema/hook-name.ts';
import type { SeriesPoint, Verdict } from '../api.ts';
import type { CallRecord } from './call-record.ts';
import { verdictOf } from './verdict.ts';

/** Points that are kept, one a second. */
export const MAX_POINTS = 900;

const verdicts = [
  'allow',
  'deny',
  'ignore',
  'pass',
  'rewrite',
  'drop',
  'observed',
  'loaded',
  'failed',
] as const satisfies readonly Verdict[];

const hookPlaces = placesOf(hookNames);
const verdictPlaces = placesOf(verdicts);

/** Buckets of durations: eight to a doubling, from a microsecond up: quantiles are within 5 % of the truth. */
const PER_DOUBLING = 8;
const BUCKETS = 27 * PER_DOUBLING;

/** What is sampled at the end of each second. */
export interface Sample {
  /** Longest delay of the event loop, in milliseconds. */
  readonly loopDelay: number;
  readonly inFlight: number;
  readonly queued: number;
  readonly spooled: number;
}

export class CallSeries {
  readonly #hooks = new Uint32Array(hookNames.length);
  readonly #verdicts = new Uint32Array(verdicts.length);
  readonly #durations = new Uint32Array(BUCKETS);
  #calls = 0;
  #lookups = 0;
  readonly #points: SeriesPoint[] = [];

  count(record: CallRecord): void {
    const { rpc, ms, lookups } = record;
    (this.#hooks[hookPlaces[rpc.hook]] as number)++;
    (this.#verdicts[verdictPlaces[verdictOf(record)]] as number)++;
    (this.#durations[bucketOf(ms)] as number)++;
    this.#calls++;
    if (lookups !== undefined) this.#lookups += lookups.length;
  }

  /** Ends a second. @param t its start, in milliseconds since 1970. */
  close(t: number, sample: Sample): void {
    if (this.#points.length === MAX_POINTS) this.#points.shift();
    this.#points.push({
      t,
      calls: named(hookNames, this.#hooks),
      verdicts: named(verdicts, this.#verdicts),
      lookups: this.#lookups,
      ...(this.#calls > 0 && { p50: this.#quantile(0.5), p99: this.#quantile(0.99) }),
      ...sample,
    });
    for (const counts of [this.#hooks, this.#verdicts, this.#durations]) counts.fill(0);
    this.#calls = 0;
    this.#lookups = 0;
  }

  /** Points after this time, oldest first. */
  since(t: number): readonly SeriesPoint[] {
    return this.#points.filter((point) => point.t > t);
  }

  #quantile(fraction: number): number {
    const wanted = Math.ceil(this.#calls * fraction);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#durations[bucket] as number;
      if (seen >= wanted) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

function bucketOf(ms: number): number {
  const bucket = Math.floor(Math.log2(Math.max(1, ms * 1000)) * PER_DOUBLING);
  return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/** In milliseconds. */
function middleOf(bucket: number): number {
  return Math.round(2 ** ((bucket + 0.5) / PER_DOUBLING)) / 1000;
}

function named<Name extends string>(
  names: readonly Name[],
  counts: Uint32Array,
): Partial<Record<Name, number>> & Record<string, number> {
  const found: Record<string, number> = {};
  names.forEach((name, place) => {
    const count = counts[place] as number;
    if (count > 0) found[name] = count;
  });
  return found as Partial<Record<Name, number>> & Record<string, number>;
}

function placesOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name, place) => [name, place])) as Record<Name, number>;
}
