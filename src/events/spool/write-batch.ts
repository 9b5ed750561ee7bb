/**
 * The records of logs within one transaction: read once, changed in memory, and written at its end. A commit can
 * hold thousands of appends, each of which would otherwise read and write the same few records.
 */
import { type Claim, type ClaimChange, cut, extend } from './claim.ts';
import { firstEntry, readAllTotals, readClaims } from './read-records.ts';
import {
  claimKey,
  encodeClaim,
  encodeTotals,
  entryKey,
  type LogTotals,
  NO_TOTALS,
  type Position,
  seal,
  sizeOf,
  totalsKey,
} from './records.ts';
import type { Db } from './store.ts';

export class WriteBatch {
  readonly db: Db;
  readonly #totals: Map<string, LogTotals>;
  readonly #logs = new Map<string, SinkLogBatch>();

  constructor(db: Db) {
    this.db = db;
    this.#totals = readAllTotals(db);
  }

  /** The sinks of every log that was ever used. */
  get names(): readonly string[] {
    return [...new Set([...this.#totals.keys(), ...this.#logs.keys()])];
  }

  /** Bytes of all entries. */
  get bytes(): number {
    return this.names.reduce((sum, name) => sum + this.log(name).totals.bytes, 0);
  }

  log(name: string): SinkLogBatch {
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const log = new SinkLogBatch(this.db, name, this.#totals.get(name) ?? NO_TOTALS);
    this.#logs.set(name, log);
    return log;
  }

  write(): void {
    for (const log of this.#logs.values()) log.write();
  }
}

export class SinkLogBatch {
  readonly #db: Db;
  readonly #name: string;
  readonly #before: LogTotals;
  #totals: LogTotals;
  #claimsBefore: readonly Claim[] | undefined;
  #claims: readonly Claim[] = [];
  /** Whether a claim may have lost its last entry. */
  #mayHoldEmpty = false;

  constructor(db: Db, name: string, totals: LogTotals) {
    this.#db = db;
    this.#name = name;
    this.#before = totals;
    this.#totals = totals;
  }

  get totals(): LogTotals {
    return this.#totals;
  }

  /** In order of position. */
  get claims(): readonly Claim[] {
    if (this.#claimsBefore === undefined) {
      this.#claimsBefore = readClaims(this.#db, this.#name);
      this.#claims = this.#claimsBefore;
    }
    return this.#claims;
  }

  /** @returns the position of the first; the others follow it. */
  append(contents: readonly Buffer[]): Position {
    const { count, bytes, next } = this.#totals;
    let size = 0;
    contents.forEach((content, i) => {
      const key = entryKey(this.#name, next + i);
      const value = seal(key, content);
      this.#db.put(key, value);
      size += sizeOf(key, value);
    });
    this.#totals = { count: count + contents.length, bytes: bytes + size, next: next + contents.length };
    return next;
  }

  /** Positions without an entry are ignored. */
  remove(positions: readonly Position[]): void {
    let { count, bytes, next } = this.#totals;
    for (const position of positions) {
      const key = entryKey(this.#name, position);
      const length = this.#db.getBinaryFast(key)?.length;
      if (length === undefined) continue;
      this.#db.remove(key);
      count--;
      bytes -= key.length + length;
    }
    this.#totals = { count, bytes, next };
    this.#mayHoldEmpty = true;
  }

  addClaim(claim: Claim): void {
    this.#change(extend(this.claims, claim));
  }

  /** Removes all claims on a range. */
  free(first: Position, last: Position): void {
    this.#change(cut(this.claims, first, last));
    this.#mayHoldEmpty = true;
  }

  write(): void {
    if (this.#mayHoldEmpty) this.#dropEmptyClaims();
    this.#writeClaims();
    if (this.#totals === this.#before) return;
    const key = totalsKey(this.#name);
    this.#db.put(key, seal(key, encodeTotals(this.#totals)));
  }

  #change({ removed, added }: ClaimChange): void {
    if (removed.length === 0 && added.length === 0) return;
    const kept = this.claims.filter((claim) => !removed.includes(claim));
    this.#claims = [...kept, ...added].sort((a, b) => a.first - b.first);
  }

  #dropEmptyClaims(): void {
    this.#claims = this.claims.filter(
      ({ first, last }) => firstEntry(this.#db, this.#name, first, last) !== undefined,
    );
  }

  #writeClaims(): void {
    const before = this.#claimsBefore ?? [];
    for (const claim of before)
      if (!this.#claims.includes(claim)) this.#db.remove(claimKey(this.#name, claim.first));
    for (const claim of this.#claims) {
      if (before.includes(claim)) continue;
      const key = claimKey(this.#name, claim.first);
      this.#db.put(key, seal(key, encodeClaim(claim.last, claim.owner)));
    }
  }
}
