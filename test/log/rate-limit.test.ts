import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../src/log/rate-limit.ts';

/** A clock that is moved by hand, and its pending timers. */
function aClock() {
  let time = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => time,
    after: (milliseconds: number, run: () => void) => void timers.push({ at: time + milliseconds, run }),
    move(milliseconds: number) {
      time += milliseconds;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { run } of due) run();
    },
    get pending() {
      return timers.length;
    },
  };
}

function aLimit(perSecond: number) {
  const clock = aClock();
  const limit = createRateLimit({ perSecond, now: clock.now, after: clock.after });
  const lines: string[] = [];
  const log = (key: string) => limit(key, (times) => void lines.push(`${key} x${times}`));
  return { clock, lines, log };
}

describe('the rate limit', () => {
  it('lets the first lines of a second through', () => {
    const { lines, log } = aLimit(2);
    log('a');
    log('a');
    expect(lines).toEqual(['a x1', 'a x1']);
  });

  it('sums up the rest when the second is over', () => {
    const { clock, lines, log } = aLimit(1);
    for (let i = 0; i < 1000; i++) log('a');
    clock.move(999);
    expect(lines).toEqual(['a x1']);
    clock.move(1);
    expect(lines).toEqual(['a x1', 'a x999']);
  });

  it('waits with one timer however long the flood', () => {
    const { clock, log } = aLimit(1);
    for (let i = 0; i < 1000; i++) log('a');
    expect(clock.pending).toBe(1);
  });

  it('accounts for every line, flood after flood', () => {
    const { clock, lines, log } = aLimit(2);
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i < 10; i++) log('a');
      clock.move(1000);
    }
    expect(lines).toEqual(Array.from({ length: 5 }, () => ['a x1', 'a x1', 'a x8']).flat());
  });

  it('lets lines through again in the next second', () => {
    const { clock, lines, log } = aLimit(1);
    log('a');
    clock.move(1000);
    log('a');
    expect(lines).toEqual(['a x1', 'a x1']);
  });

  it('counts each kind of line for itself', () => {
    const { lines, log } = aLimit(1);
    log('a');
    log('b');
    expect(lines).toEqual(['a x1', 'b x1']);
  });

  it('remembers a limited number of kinds', () => {
    const { clock, lines, log } = aLimit(1);
    for (let i = 0; i < 3000; i++) log(`kind ${i}`);
    expect(lines).toHaveLength(1001);
    clock.move(1000);
    log('another');
    expect(lines.at(-1)).toBe('another x1');
  });
});
