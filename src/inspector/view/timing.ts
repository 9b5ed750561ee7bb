/** Where the time of a call went. */
import type { LookupRow, Timing } from '../api.ts';
import type { CallRecord } from '../tap/call-record.ts';
import { round } from './row.ts';

type Part = Timing['parts'][number];

/** Look-ups run one after another: what lies between them is the hook. */
export function timingOf({ since, decidedAt, ms, heldMs, lookups = [], budget }: CallRecord): Timing {
  const decided = decidedAt === 0 ? ms : Math.min(ms, decidedAt - since);
  const first = lookups[0]?.since;
  const before = first === undefined ? decided : Math.min(decided, first - since);
  const rest = Math.max(0, ms - decided - heldMs);
  const parts: Part[] = [
    { name: 'decode and decide', start: 0, ms: round(before) },
    ...(first === undefined
      ? []
      : [{ name: 'look-ups' as const, start: round(before), ms: round(decided - before) }]),
    ...(heldMs > 0 ? [{ name: 'await sinks' as const, start: round(decided), ms: round(heldMs) }] : []),
    { name: 'events, log and reply', start: round(decided + heldMs), ms: round(rest) },
  ];
  return { total: round(ms), parts, ...(Number.isFinite(budget) && { budget: round(budget) }) };
}

export function lookupRows({ since, lookups = [] }: CallRecord): LookupRow[] {
  return lookups.map(({ kind, since: start, ms, outcome, reason }) => ({
    kind,
    start: round(start - since),
    ...(ms !== undefined && { ms: round(ms) }),
    outcome,
    ...(reason !== undefined && { reason }),
  }));
}
