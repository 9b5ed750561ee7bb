import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PendingBodies, type Slot } from '../../src/transport/pending-bodies.ts';

let now = 0;
const log: string[] = [];

function aStream(name: string, room: PendingBodies): Slot {
  return room.enter({
    since: now,
    expire: () => log.push(`${name} expired`),
    evict: () => log.push(`${name} evicted`),
  });
}

beforeEach(() => {
  now = 0;
  log.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('a waiting room', () => {
  it('ends streams in the order in which they came, each when its time is over, and once', () => {
    const room = new PendingBodies(100, 10, () => now);
    for (const [name, at] of [
      ['a', 0],
      ['b', 10],
      ['c', 50],
    ] as const) {
      now = at;
      aStream(name, room);
    }
    const sweepAt = (at: number) => {
      now = at;
      room.sweep();
      return [...log];
    };
    expect(sweepAt(99)).toStrictEqual([]);
    expect(sweepAt(100)).toStrictEqual(['a expired']);
    expect(sweepAt(149)).toStrictEqual(['a expired', 'b expired']);
    expect(sweepAt(1_000)).toStrictEqual(['a expired', 'b expired', 'c expired']);
    expect(sweepAt(2_000)).toHaveLength(3);
    expect(room.size).toBe(0);
    room.close();
  });

  it('forgets a stream that leaves', () => {
    const room = new PendingBodies(100, 10, () => now);
    const place = aStream('a', room);
    place.remove();
    place.remove();
    now = 1_000;
    room.sweep();
    expect(log).toStrictEqual([]);
    room.close();
  });

  it.each([1, 3])('with %d places gives the place of the oldest to the newest', (capacity) => {
    const room = new PendingBodies(100, capacity, () => now);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) aStream(name, room);
    expect(log).toStrictEqual(names.slice(0, names.length - capacity).map((name) => `${name} evicted`));
    expect(room.size).toBe(capacity);
    room.close();
  });

  it('may be left by others while one is ended', () => {
    const room = new PendingBodies(100, 10, () => now);
    let second: Slot | undefined;
    room.enter({ since: 0, expire: () => second?.remove(), evict: () => {} });
    second = room.enter({ since: 0, expire: () => log.push('second'), evict: () => {} });
    now = 200;
    room.sweep();
    expect(log).toStrictEqual([]);
    room.close();
  });

  it('looks by itself, until it is closed', () => {
    const room = new PendingBodies(100, 10, () => now);
    aStream('a', room);
    now = 100;
    vi.advanceTimersByTime(1_000);
    expect(log).toStrictEqual(['a expired']);
    aStream('b', room);
    room.close();
    now = 10_000;
    vi.advanceTimersByTime(10_000);
    expect(log).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
