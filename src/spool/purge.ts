/** Removes entries without delivering them. */

import { entryKey, LAST_POSITION, type Position, positionOf } from './records.ts';
import type { WriteBatch } from './write-batch.ts';

export interface Purged {
  readonly removed: number;
  /** Entries that stay, since a living process has them. */
  readonly kept: number;
}

/** @param only a sink; nothing for all of them. */
export function purge(
  draft: WriteBatch,
  only: string | undefined,
  isKept: (owner: string) => boolean,
): Purged {
  let removed = 0;
  let kept = 0;
  for (const name of draft.names) {
    if (only !== undefined && name !== only) continue;
    const lane = draft.log(name);
    const before = lane.totals.count;
    const living = lane.claims.filter(({ owner }) => isKept(owner));
    const isFree = (at: Position) => !living.some(({ first, last }) => first <= at && at <= last);
    lane.remove(positionsOf(draft, name).filter(isFree));
    removed += before - lane.totals.count;
    kept += lane.totals.count;
  }
  return { removed, kept };
}

function positionsOf({ db }: WriteBatch, lane: string): Position[] {
  const range = { start: entryKey(lane, 0), end: entryKey(lane, LAST_POSITION) };
  return [...db.getKeys(range)].map(positionOf);
}
