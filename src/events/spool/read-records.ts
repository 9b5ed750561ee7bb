/** Reads the records of a sink's log from the store. */
import type { Claim } from './claim.ts';
import {
  claimKey,
  contentOf,
  decodeClaim,
  decodeTotals,
  entryKey,
  LAST_POSITION,
  type LogTotals,
  NO_TOTALS,
  type Position,
  positionOf,
  sinkOf,
  totalsKey,
  totalsRange,
} from './records.ts';
import type { Db } from './store.ts';

export function readTotals(db: Db, sink: string): LogTotals {
  const value = db.get(totalsKey(sink));
  return value === undefined ? NO_TOTALS : decodeTotals(contentOf(value));
}

/** By sink: of every log that was ever used. */
export function readAllTotals(db: Db): Map<string, LogTotals> {
  const totals = new Map<string, LogTotals>();
  for (const { key, value } of db.getRange(totalsRange))
    totals.set(sinkOf(key), decodeTotals(contentOf(value)));
  return totals;
}

/** The claims of a log, in order of position. */
export function readClaims(db: Db, sink: string): Claim[] {
  const claims: Claim[] = [];
  const range = { start: claimKey(sink, 0), end: claimKey(sink, LAST_POSITION) };
  for (const { key, value } of db.getRange(range))
    claims.push({ first: positionOf(key), ...decodeClaim(contentOf(value)) });
  return claims;
}

/** The position of the first entry in a range, if there is one. */
export function firstEntry(
  db: Db,
  sink: string,
  first: Position,
  last: Position = LAST_POSITION,
): Position | undefined {
  const range = { start: entryKey(sink, first), end: entryKey(sink, last), inclusiveEnd: true, limit: 1 };
  for (const key of db.getKeys(range)) return positionOf(key);
  return undefined;
}
