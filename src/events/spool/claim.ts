/** Claims: ranges of positions that only one process delivers. Claims of a log never overlap. */
import type { Position } from './records.ts';

export interface Claim {
  readonly first: Position;
  /** Included. */
  readonly last: Position;
  /** The id of the process that has it. */
  readonly owner: string;
}

/** A change of the claims of a log. */
export interface ClaimChange {
  readonly removed: readonly Claim[];
  readonly added: readonly Claim[];
}

/** Removes a range from claims: claims that reach into it are shortened or split. */
export function cut(claims: readonly Claim[], first: Position, last: Position): ClaimChange {
  const removed = claims.filter((claim) => claim.first <= last && claim.last >= first);
  const added = removed.flatMap((claim) => [
    ...(claim.first < first ? [{ ...claim, last: first - 1 }] : []),
    ...(claim.last > last ? [{ ...claim, first: last + 1 }] : []),
  ]);
  return { removed, added };
}

/** Adds a claim, merged with the claim of the same owner right before it. */
export function extend(claims: readonly Claim[], claim: Claim): ClaimChange {
  const before = claims.find(({ last, owner }) => last === claim.first - 1 && owner === claim.owner);
  if (before === undefined) return { removed: [], added: [claim] };
  return { removed: [before], added: [{ ...before, last: claim.last }] };
}

/** Positions, in any order, as runs of consecutive ones. */
export function runsOf(positions: readonly Position[]): { first: Position; last: Position }[] {
  const runs: { first: Position; last: Position }[] = [];
  for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.last === position - 1) run.last = position;
    else runs.push({ first: position, last: position });
  }
  return runs;
}
