/** Reads what a lane has in the store. */
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

export function readTotals(db: Db, lane: string): LogTotals {
  const value = db.get(totalsKey(lane));
  return value === undefined ? NO_TOTALS : decodeTotals(contentOf(value));
}

/** The totals of every lane that was ever used. */
export function readAllTotals(db: Db): Map<string, LogTotals> {
  const totals = new Map<string, LogTotals>();
  for (const { key, value } of db.getRange(totalsRange))
    totals.set(sinkOf(key), decodeTotals(contentOf(value)));
  return totals;
}

/** In order of position. */
export function readClaims(db: Db, lane: string): Claim[] {
  const claims: Claim[] = [];
  const range = { start: claimKey(lane, 0), end: claimKey(lane, LAST_POSITION) };
  for (const { key, value } of db.getRange(range))
    claims.push({ first: positionOf(key), ...decodeClaim(contentOf(value)) });
  return claims;
}

/** The position of the first entry of a range, if it has one. */
export function firstEntry(
  db: Db,
  lane: string,
  first: Position,
  last: Position = LAST_POSITION,
): Position | undefined {
  const range = { start: entryKey(lane, first), end: entryKey(lane, last), inclusiveEnd: true, limit: 1 };
  for (const key of db.getKeys(range)) return positionOf(key);
  return undefined;
}
