import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../src/lib/admission/service-time.ts';
import { WaitingLine } from '../../../src/lib/admission/waiting-line.ts';

/** Two servers; a service takes exactly 100 ms. */
function setup(maxBytes = 1_000_000) {
  const serviceTime = new ServiceTime();
  serviceTime.observe(100);
  const line = new WaitingLine({ serviceTime, servers: 2 }, maxBytes);
  const refused: number[] = [];
  let id = 0;
  const add = (now: number, patience = 1000, bytes = 1) => {
    const own = id++;
    const waiter = { since: now, deadline: now + patience, bytes, id: own, start: () => {} };
    return line.add({ ...waiter, refuse: () => void refused.push(own) }, now);
  };
  const next = (now: number, isIdle = false) => (line.next(now, isIdle) as { id: number } | undefined)?.id;
  return { line, serviceTime, refused, add, next };
}

/** So many waiters that some are refused, over more than a second. */
function storm() {
  const made = setup();
  for (let now = 0; now <= 2000; now += 10) {
    made.add(now);
    if (now % 50 === 0) made.next(now);
  }
  return made;
}

describe('a waiting line', () => {
  it('is first in, first out', () => {
    const { add, next } = setup();
    for (let i = 0; i < 3; i++) add(0);
    expect([next(0), next(0), next(0), next(0)]).toEqual([0, 1, 2, undefined]);
  });

  it('refuses the newest at once when it would end too late', () => {
    const { line, add, refused } = setup();
    // The n-th waits 50 ms for each before it and itself, and is served for 100.
    for (let i = 0; i < 20; i++) add(0);
    expect([line.size, refused.length, refused[0]]).toEqual([18, 2, 18]);
  });

  it('refuses nobody before the first measurement', () => {
    const line = new WaitingLine({ serviceTime: new ServiceTime(), servers: 1 }, 1000);
    const waiter = { since: 0, deadline: 10, bytes: 1, start: () => {}, refuse: () => {} };
    for (let i = 0; i < 500; i++) line.add(waiter, 0);
    expect(line.size).toBe(500);
  });

  it('passes over those who would end too late', () => {
    const { add, next, refused } = setup();
    add(0, 200);
    add(0, 1000);
    expect([next(150), refused]).toEqual([1, [0]]);
  });

  it('tries the last one when nothing runs, even if it may end too late', () => {
    const { add, next, refused } = setup();
    add(0, 200);
    add(0, 200);
    expect([next(150, true), refused]).toEqual([1, [0]]);
  });

  it('never serves an expired waiter', () => {
    const { add, next, refused } = setup();
    add(0, 200);
    expect([next(200, true), refused]).toEqual([undefined, [0]]);
  });

  it('refuses in a review those who would end too late by now, and keeps the others', () => {
    const { line, serviceTime, add, refused } = setup();
    for (let i = 0; i < 10; i++) add(0);
    for (let i = 0; i < 30; i++) serviceTime.observe(300);
    line.review(0);
    expect(line.size).toBe(4);
    expect(refused).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('lets waiters leave, and releases their bytes', () => {
    const { line, add } = setup();
    const leave = add(0, 1000, 70);
    add(0, 1000, 7);
    leave?.();
    leave?.();
    expect([line.size, line.bytes]).toEqual([1, 7]);
  });

  it('refuses the newest when the bytes of all are too many', () => {
    const { line, add, refused } = setup(100);
    for (let i = 0; i < 3; i++) add(0, 1000, 40);
    expect([line.bytes, refused]).toEqual([80, [2]]);
  });
});

describe('in a storm', () => {
  it('a line is one after a second of refusals, not before', () => {
    const { line, add } = setup();
    for (let i = 0; i < 40; i++) add(0);
    add(990);
    expect(line.isStorm).toBe(false);
    expect(storm().line.isStorm).toBe(true);
  });

  it('the newest is next', () => {
    const { add, next } = storm();
    add(2000);
    expect(next(2000)).toBe(201);
  });

  it('the line is short, and the oldest are refused', () => {
    const { line, add, refused } = storm();
    const before = refused.length;
    for (let i = 0; i < 10; i++) add(2000);
    // A tenth of their time: two services of 50 ms.
    expect(line.size).toBe(2);
    expect(refused.length).toBeGreaterThanOrEqual(before + 8);
    expect(refused).not.toContain(210);
  });

  it('nobody waits for longer than a tenth of the time', () => {
    const { line, add } = storm();
    add(2000);
    line.review(2101);
    expect(line.size).toBe(0);
  });

  it('a waiter that comes without enough time is refused at once', () => {
    const { add, refused } = storm();
    expect(add(2000, 90)).toBeUndefined();
    expect(refused.at(-1)).toBe(201);
  });

  it('bytes are bounded too', () => {
    const { line, add } = storm();
    add(2000, 1000, 900_000);
    add(2000, 1000, 900_000);
    expect(line.bytes).toBeLessThanOrEqual(1_000_000);
  });

  it('all is as before once the line is empty', () => {
    const { line, add, next } = storm();
    while (next(2000) !== undefined);
    expect(line.isStorm).toBe(false);
    add(2000);
    add(2000);
    expect(next(2000)).toBe(201);
  });
});
