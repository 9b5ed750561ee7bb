/** Removes entries without delivering them. */

import { entryKey, LAST_POSITION, type Position, positionOf } from './records.ts';
import type { WriteBatch } from './write-batch.ts';

export interface Purged {
  readonly removed: number;
  /** Entries that stay, since a living process has claimed them. */
  readonly kept: number;
}

/** @param only the sink to purge; nothing for all of them. */
export function purge(
  batch: WriteBatch,
  only: string | undefined,
  isKept: (owner: string) => boolean,
): Purged {
  let removed = 0;
  let kept = 0;
  for (const name of batch.names) {
    if (only !== undefined && name !== only) continue;
    const log = batch.log(name);
    const before = log.totals.count;
    const living = log.claims.filter(({ owner }) => isKept(owner));
    const isFree = (at: Position) => !living.some(({ first, last }) => first <= at && at <= last);
    log.remove(positionsOf(batch, name).filter(isFree));
    removed += before - log.totals.count;
    kept += log.totals.count;
  }
  return { removed, kept };
}

function positionsOf({ db }: WriteBatch, sink: string): Position[] {
  const range = { start: entryKey(sink, 0), end: entryKey(sink, LAST_POSITION) };
  return [...db.getKeys(range)].map(positionOf);
}
