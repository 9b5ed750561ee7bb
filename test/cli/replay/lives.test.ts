import { describe, expect, it } from 'vitest';
import { joinLives } from '../../../src/cli/replay/lives.ts';
import type { FileCall } from '../../../src/protocol/wire/read-recording.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';

const [rpc] = rpcs as readonly [(typeof rpcs)[number]];

function calls(
  file: string,
  ...times: readonly (readonly [atMs: number, timeMs?: number | undefined, lane?: number])[]
): FileCall[] {
  return times.map(([atMs, timeMs, connection = 1], i) => ({
    ...{ file, line: i + 1, rpc, path: rpc.path, atMs, timeMs, connection },
    ...{ headers: {}, bytes: new Uint8Array() },
  }));
}

const inShort = (joined: readonly FileCall[]) =>
  joined.map(({ file, line, atMs, connection }) => `${file}${line} ${atMs} ${connection}`);

describe('several recordings', () => {
  it('are replayed one after another, each on its own connections', () => {
    const joined = joinLives([calls('a', [0], [10, undefined, 2]), calls('b', [0], [5])]);
    expect(inShort(joined)).toStrictEqual(['a1 0 1', 'a2 10 2', 'b1 10 3', 'b2 15 3']);
  });

  it('are so also when they tell their time, in the order in which they are given', () => {
    const joined = joinLives([calls('b', [0, 5000], [10, 5010]), calls('a', [0, 1000], [10, 1010])]);
    expect(inShort(joined)).toStrictEqual(['b1 0 1', 'b2 10 1', 'a1 10 2', 'a2 20 2']);
  });

  it('are merged if they overlap in time, as those of several workers', () => {
    const joined = joinLives([
      calls('a', [0, 1000], [100, 1100]),
      calls('b', [0, 1050], [100, 1150]),
      calls('c', [0, 1140]),
    ]);
    expect(inShort(joined)).toStrictEqual(['a1 0 1', 'b1 50 2', 'a2 100 1', 'c1 140 3', 'b2 150 2']);
  });

  it('may be empty', () => {
    expect(joinLives([])).toStrictEqual([]);
    expect(inShort(joinLives([[], calls('a', [0, 1]), []]))).toStrictEqual(['a1 0 1']);
  });
});
