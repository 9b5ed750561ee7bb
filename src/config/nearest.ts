/** "Did you mean": finds the known name nearest to an unknown one. */

/** Ignores case and separators: `message_bytes` is `messageBytes`. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}

/** Longer names are not misspelt ones. */
const MAX_LENGTH = 64;

/** Returns the candidate with the fewest changes, or `undefined` when none is near. */
export function findNearest<Name extends string>(
  name: string,
  candidates: readonly Name[],
): Name | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const word = normalize(name);
  let nearest: Name | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const changes = countChanges(word, normalize(candidate));
    if (changes >= least) continue;
    least = changes;
    nearest = candidate;
  }
  return nearest;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function countChanges(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const replaced = at(above, j - 1) + (isSame ? 0 : 1);
      const swapped = isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

const at = (row: readonly number[], i: number): number => row[i] ?? Number.POSITIVE_INFINITY;
