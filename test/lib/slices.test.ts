import { describe, expect, it } from 'vitest';
import { packList, unpackList } from '../../src/lib/packed-list.ts';
import { createPacer, inSlices } from '../../src/lib/slices.ts';
import { atOnce } from '../../src/lib/steps.ts';

function* count(to: number, onStep: () => void) {
  for (let i = 0; i < to; i++) {
    onStep();
    yield;
  }
  return to;
}

/** Lets a slice end. */
function spin(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
}

describe('work in slices', () => {
  it('lets others go first between its steps, and has the same result as at once', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const result = await inSlices(count(60, spin));
    clearInterval(timer);
    expect(result).toBe(60);
    expect(turns).toBeGreaterThan(2);
    expect(atOnce(count(60, () => {}))).toBe(60);
  });

  it('rejects with the error of a step', async () => {
    const fail = () => {
      throw new TypeError('no');
    };
    await expect(inSlices(count(3, fail))).rejects.toThrow('no');
  });

  it('begins a new slice after a pause', async () => {
    const pacer = createPacer();
    while (!pacer.isOver()) spin();
    await pacer.pause();
    expect(pacer.isOver()).toBe(false);
  });
});

describe('a packed list', () => {
  it('is the same list, read a piece a step', () => {
    const values = Array.from({ length: 1001 }, (_, i) => ({ name: `ä${i}`, topics: ['a/#'] }));
    const steps = unpackList(packList(values));
    let pieces = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        expect(step.value).toEqual(values);
        break;
      }
      pieces++;
    }
    expect(pieces).toBe(6);
    expect(atOnce(unpackList(packList([])))).toEqual([]);
  });
});
