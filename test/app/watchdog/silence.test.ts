import { describe, expect, it } from 'vitest';
import { afterLook, type Silence } from '../../../src/app/watchdog/silence.ts';

const PERIOD = 100;

/** The silence after a series of looks: the heartbeats so far, and the milliseconds since the look before. */
function watch(looks: readonly (readonly [beats: number, elapsed: number])[]): Silence {
  return looks.reduce<Silence>((silence, [beats, elapsed]) => afterLook(silence, beats, elapsed, PERIOD), {
    beats: 0,
    lasted: 0,
  });
}

describe('silence', () => {
  it.each([
    [
      'adds up while no heartbeat comes',
      [
        [0, 100],
        [0, 101],
        [0, 99],
      ],
      300,
    ],
    [
      'ends with a heartbeat',
      [
        [0, 100],
        [0, 100],
        [1, 100],
      ],
      0,
    ],
    [
      'begins again after one',
      [
        [0, 100],
        [1, 100],
        [1, 100],
      ],
      100,
    ],
    [
      'ends also when the count wraps around',
      [
        [2 ** 31 - 1, 100],
        [-(2 ** 31), 100],
      ],
      0,
    ],
    ['counts a look that comes a little late in full', [[0, 180]], 180],
    ['counts an hour in which the watcher was frozen as two periods', [[0, 3_600_000]], 200],
    [
      'counts a throttled watcher, late every time, as two periods each',
      [
        [0, 5000],
        [0, 5000],
        [0, 5000],
      ],
      600,
    ],
  ] as const)('%s', (_, looks, lasted) => {
    expect(watch(looks).lasted).toBe(lasted);
  });
});
