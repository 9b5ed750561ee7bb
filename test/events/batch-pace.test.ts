import { describe, expect, it } from 'vitest';
import { BatchPace } from '../../src/events/batch-pace.ts';

/** Batches one after the other, each as large as it may be, or as told. */
function setup(msOf: (events: number) => number) {
  const pace = new BatchPace(500);
  let now = 0;
  const write = (times: number, events?: number) => {
    for (let i = 0; i < times; i++) {
      const size = events ?? pace.maxEvents;
      pace.observe(size, now, now + msOf(size));
      now += msOf(size);
    }
  };
  return { pace, write };
}

describe('the pace of a sink', () => {
  it('is unknown before the first batch', () => {
    expect(new BatchPace(500).timeOf(1000)).toBe(0);
  });

  it('allows large batches where a batch takes as long as one event', () => {
    const { pace, write } = setup(() => 40);
    write(8);
    expect(pace.maxEvents).toBe(500);
    write(6);
    expect(pace.timeOf(1000)).toBeLessThan(200);
  });

  it('allows large batches even where each takes long', () => {
    const { pace, write } = setup(() => 900);
    write(10);
    expect(pace.maxEvents).toBe(500);
  });

  it('allows only small batches where events are written one by one', () => {
    const { pace, write } = setup((events) => events * 100);
    write(1, 1);
    write(20);
    expect(pace.maxEvents).toBeLessThanOrEqual(3);
    expect(pace.timeOf(10)).toBeCloseTo(1000);
  });

  it('does not conclude from a batch of a few events that many take longer', () => {
    const { pace, write } = setup(() => 40);
    write(10, 1);
    expect(pace.timeOf(4)).toBeCloseTo(40);
  });

  it('never exceeds the configured size of a batch', () => {
    expect(new BatchPace(3).maxEvents).toBe(3);
  });
});
