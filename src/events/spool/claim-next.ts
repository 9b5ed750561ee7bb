/** Chooses the entries that a process may deliver next, oldest first and in order for each key across processes. */
import type { Delivery } from '../../sinks/delivery.ts';
import type { Claim } from './claim.ts';
import { decodeDelivery, readHead } from './delivery-codec.ts';
import { firstEntry, readClaims } from './read-records.ts';
import { contentOf, entryKey, LAST_POSITION, type Position, positionOf, sizeOf, unseal } from './records.ts';
import type { Db } from './store.ts';

export interface ClaimLimits {
  readonly max: number;
  readonly maxBytes: number;
  /** This process. */
  readonly owner: string;
  readonly isLiving: (owner: string) => boolean;
  /** All claims of the log, in order. */
  readonly claims: readonly Claim[];
}

export interface Chosen {
  readonly entries: readonly { readonly position: Position; readonly delivery: Delivery }[];
  /** Ranges that hold these entries and no others. */
  readonly runs: readonly { first: Position; last: Position }[];
  /** Entries whose bytes are not those that were written. */
  readonly unreadable: readonly { readonly position: Position; readonly value: Buffer }[];
}

/**
 * The most entries that one search skips. Entries behind more than that wait until the process that claimed the
 * skipped ones is done or dead: searching further each time would cost the event loop more than it brings.
 */
const MAX_SKIPPED = 4096;

export function chooseNext(db: Db, sink: string, limits: ClaimLimits): Chosen {
  const { max, maxBytes, owner, isLiving, claims } = limits;
  const chosen = new Chooser();
  /** Hashes of keys of which another process has older entries. */
  const blocked = new Set<number>();
  let skipped = 0;
  let at: Position = 0;
  for (let isGoingOn = true; isGoingOn; ) {
    isGoingOn = false;
    for (const { key, value } of db.getRange({
      start: entryKey(sink, at),
      end: entryKey(sink, LAST_POSITION),
    })) {
      const position = positionOf(key);
      const claim = claimOf(claims, position);
      if (claim?.owner === owner) {
        // The entries of this process are in order already: continue behind them.
        chosen.endRun();
        at = claim.last + 1;
        isGoingOn = true;
        break;
      }
      const { keyHash } = readHead(contentOf(value));
      if (claim !== undefined && isLiving(claim.owner)) blocked.add(keyHash);
      if (blocked.has(keyHash)) {
        if (++skipped > MAX_SKIPPED) return chosen;
        chosen.endRun();
        continue;
      }
      if (chosen.entries.length > 0 && chosen.bytes + sizeOf(key, value) > maxBytes) return chosen;
      chosen.add(position, key, value);
      if (chosen.entries.length >= max) return chosen;
    }
  }
  return chosen;
}

class Chooser implements Chosen {
  readonly entries: { position: Position; delivery: Delivery }[] = [];
  readonly runs: { first: Position; last: Position }[] = [];
  readonly unreadable: { position: Position; value: Buffer }[] = [];
  bytes = 0;
  #isInRun = false;

  endRun(): void {
    this.#isInRun = false;
  }

  add(position: Position, key: Buffer, bytes: Buffer): void {
    // The bytes are LMDB's own memory, valid until the next turn only.
    const value = Buffer.from(bytes);
    const content = unseal(key, value);
    const delivery = content && decodeDelivery(content);
    if (delivery === undefined) {
      this.unreadable.push({ position, value });
      return;
    }
    this.entries.push({ position, delivery });
    this.bytes += sizeOf(key, value);
    const run = this.runs.at(-1);
    if (this.#isInRun && run !== undefined) run.last = position;
    else this.runs.push({ first: position, last: position });
    this.#isInRun = true;
  }
}

/** @param claims in order. */
function claimOf(claims: readonly Claim[], position: Position): Claim | undefined {
  let low = 0;
  let high = claims.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const claim = claims[middle];
    if (claim === undefined || position < claim.first) high = middle - 1;
    else if (position > claim.last) low = middle + 1;
    else return claim;
  }
  return undefined;
}

/** Whether a log has an entry that no living process has claimed. */
export function hasFree(db: Db, sink: string, isLiving: (owner: string) => boolean): boolean {
  let at: Position = 0;
  for (const { first, last, owner } of readClaims(db, sink)) {
    if (!isLiving(owner)) continue;
    const entry = firstEntry(db, sink, at);
    if (entry === undefined) return false;
    if (entry < first) return true;
    at = last + 1;
  }
  return firstEntry(db, sink, at) !== undefined;
}
