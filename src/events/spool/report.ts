/** What the log of a sink holds, for people. */
import type { Claim } from './claim.ts';
import { readHead } from './delivery-codec.ts';
import type { LiveProcesses } from './live-processes.ts';
import { readClaims, readTotals } from './read-records.ts';
import { contentOf, entryKey, LAST_POSITION } from './records.ts';
import type { Db } from './store.ts';

export interface SinkLogReport {
  readonly sink: string;
  readonly count: number;
  readonly bytes: number;
  /** When the oldest entry was stored, in milliseconds since 1970. */
  readonly oldest: number | undefined;
  /** Entries that living processes are delivering. */
  readonly claimed: number;
  /** The processes that deliver them. */
  readonly claimedBy: readonly string[];
}

export function reportSinkLog(
  db: Db,
  sink: string,
  processes: Pick<LiveProcesses, 'isLiving' | 'describe'>,
): SinkLogReport {
  const { count, bytes } = readTotals(db, sink);
  const claims = readClaims(db, sink).filter(({ owner }) => processes.isLiving(owner));
  const owners = [...new Set(claims.map(({ owner }) => owner))];
  return {
    sink,
    count,
    bytes,
    oldest: oldestIn(db, sink),
    claimed: claims.reduce((sum, claim) => sum + countIn(db, sink, claim), 0),
    claimedBy: owners.map(processes.describe).sort(),
  };
}

function oldestIn(db: Db, sink: string): number | undefined {
  const range = { start: entryKey(sink, 0), end: entryKey(sink, LAST_POSITION), limit: 1 };
  for (const { value } of db.getRange(range)) return readHead(contentOf(value)).time;
  return undefined;
}

function countIn(db: Db, sink: string, { first, last }: Claim): number {
  return db.getKeysCount({ start: entryKey(sink, first), end: entryKey(sink, last), inclusiveEnd: true });
}
