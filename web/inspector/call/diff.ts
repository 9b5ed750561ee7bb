/** Two texts line by line: which lines went, came and stayed. */

export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
}

/** The work grows with the product of the lines: longer texts are shown whole, as gone and new. */
const MOST_LINES = 400;

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, young] = [before.split('\n'), after.split('\n')];
  if (old.length > MOST_LINES || young.length > MOST_LINES)
    return [...old.map((text) => line('gone', text)), ...young.map((text) => line('new', text))];
  return walk(old, young, commonLengths(old, young));
}

const line = (kind: DiffLine['kind'], text: string): DiffLine => ({ kind, text });

/** Length of the longest common subsequence from each pair of lines on. */
function commonLengths(old: readonly string[], young: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(young.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = young.length - 1; j >= 0; j--)
      set(lengths, i, j, old[i] === young[j] ? at(lengths, i + 1, j + 1) + 1 : larger(lengths, i, j));
  return lengths;
}

const at = (lengths: readonly (readonly number[])[], i: number, j: number) => lengths[i]?.[j] ?? 0;
const larger = (lengths: number[][], i: number, j: number) =>
  Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
function set(lengths: number[][], i: number, j: number, value: number): void {
  const row = lengths[i];
  if (row !== undefined) row[j] = value;
}

function walk(old: readonly string[], young: readonly string[], lengths: number[][]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      lines.push(line('same', old[i++] ?? ''));
      j++;
    } else if (j >= young.length || (i < old.length && at(lengths, i + 1, j) >= at(lengths, i, j + 1)))
      lines.push(line('gone', old[i++] ?? ''));
    else lines.push(line('new', young[j++] ?? ''));
  }
  return lines;
}
