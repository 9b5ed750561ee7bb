/** The parts of admission together in a storm, in virtual time. */
import { describe, expect, it, vi } from 'vitest';
import { createAdmission } from '../../../src/lib/admission/admission.ts';
import { AdaptiveLimit, fixedLimit } from '../../../src/lib/admission/concurrency-limit.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import { aService, aStorm, aVirtualClock, type VirtualClock } from './simulate.ts';

// Seconds of virtual time are thousands of steps: on a busy machine they take long.
vi.setConfig({ testTimeout: 120_000 });

interface Kind {
  readonly servers: number;
  /** Milliseconds of one request. */
  readonly ms: number;
  readonly isAdaptive: boolean;
}

const kinds = {
  'two threads that hash': { servers: 2, ms: 66, isAdaptive: false },
  'a service that works on one request at a time': { servers: 1, ms: 25, isAdaptive: true },
  'a service that works on four requests at a time': { servers: 4, ms: 100, isAdaptive: true },
  'a service of eight requests a second': { servers: 1, ms: 125, isAdaptive: true },
} satisfies Record<string, Kind>;

/** From 0.8 to 1.2, always the same. */
const jitter = (n: number): number => 0.8 + (0.4 * ((n * 7919) % 101)) / 100;

function setup({ servers, ms, isAdaptive }: Kind, clock: VirtualClock = aVirtualClock()) {
  const service = aService(clock, servers, (n) => ms * jitter(n));
  const limit = isAdaptive ? new AdaptiveLimit({ max: 32, tolerable: 375 }) : fixedLimit(servers);
  const admission = createAdmission({ limit, clock });
  return { clock, service, admission, work: () => service.request(), capacity: (servers * 1000) / ms };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe.each(Object.entries(kinds))('%s', (_, kind) => {
  it.each([2, 10, 50])('serves its capacity, second by second, when %d times as many come', async (times) => {
    const { capacity, ...rest } = setup(kind);
    const storm = { ...rest, rate: Math.round(times * capacity), seconds: 8, patience: 3000 };
    const { served, late, refusals } = await aStorm(storm);
    for (const count of served.slice(0, 8)) expect(count).toBeGreaterThanOrEqual(0.8 * capacity);
    // Nothing was done for callers who had gone.
    expect(sum(late)).toBe(0);
    expect(rest.service.answered).toBe(sum(served));
    // Once the storm is detected, refusals come early.
    for (const waits of refusals.slice(5, 7))
      expect(Math.max(...waits)).toBeLessThan(times === 2 ? 500 : 100);
  });

  it('serves the first who comes after a storm at once', async () => {
    const { clock, admission, work, capacity } = setup(kind);
    await aStorm({ clock, admission, work, rate: Math.round(20 * capacity), seconds: 4, patience: 3000 });
    expect(admission).toMatchObject({ working: 0, waiting: 0, isOverloaded: false });
    const calm = { clock, admission, work, rate: Math.round(0.6 * capacity), seconds: 3, patience: 3000 };
    const { served, refusals } = await aStorm(calm);
    expect([sum(served), refusals.flat()]).toEqual([calm.rate * 3, []]);
  });
});

describe('admission', () => {
  it('serves a burst whole that can be served in time', async () => {
    const { clock, admission, work } = setup(kinds['two threads that hash']);
    let served = 0;
    for (let i = 0; i < 80; i++) admission.run(work, { deadline: clock.now() + 3000 }).then(() => served++);
    await clock.pass(3000);
    expect(served).toBe(80);
  });

  it('refuses of a burst only as many as cannot be served in time', async () => {
    const { clock, admission, work, service } = setup(kinds['two threads that hash']);
    void admission.run(work);
    await clock.pass(100);
    const outcomes = { served: 0, refused: 0 };
    for (let i = 0; i < 300; i++)
      admission.run(work, { deadline: clock.now() + 3000 }).then(
        () => outcomes.served++,
        () => outcomes.refused++,
      );
    await clock.pass(1);
    expect(outcomes.refused).toBeGreaterThan(180);
    await clock.pass(3000);
    expect(outcomes.served + outcomes.refused).toBe(300);
    expect(outcomes.served).toBeGreaterThan(75);
    expect(service.answered).toBe(outcomes.served + 1);
  });

  it('asks a service that slows down under load for no more than it can take', async () => {
    const { clock, admission, work, service, capacity } = setup(
      kinds['a service that works on one request at a time'],
    );
    const storm = { clock, admission, work, rate: 10 * capacity, patience: 3000 };
    await aStorm({ ...storm, seconds: 6 });
    service.peak();
    await aStorm({ ...storm, seconds: 4 });
    expect(service.peak()).toBeLessThanOrEqual(20);
  });

  it('gives a service that is slow by nature all the requests that it may have at once', async () => {
    const { clock, admission, work } = setup({ servers: 32, ms: 800, isAdaptive: true });
    const storm = { clock, admission, work, rate: 400, seconds: 8, patience: 3000 };
    const { served } = await aStorm(storm);
    expect(admission.limit).toBe(32);
    expect(sum(served.slice(3, 8))).toBeGreaterThanOrEqual(0.9 * 5 * 40);
  });

  it('does not overload a service that continues with cancelled requests', async () => {
    const clock = aVirtualClock();
    const service = aService(clock, 1, () => 125);
    const admission = createAdmission({ limit: new AdaptiveLimit({ max: 32, tolerable: 375 }), clock });
    const work = () =>
      new Promise<void>((resolve, reject) => {
        service.request().then(resolve);
        clock.after(1500, () => reject(new Failure('lookup_timeout', 'late')));
      });
    const { served } = await aStorm({ clock, admission, work, rate: 80, seconds: 8, patience: 3000 });
    for (const count of served.slice(0, 8)) expect(count).toBeGreaterThanOrEqual(6);
    expect(service.answered - sum(served)).toBeLessThanOrEqual(1);
  });

  it('follows a service that becomes four times slower, and faster again', async () => {
    const clock = aVirtualClock();
    let ms = 25;
    const service = aService(clock, 1, () => ms);
    const admission = createAdmission({ limit: new AdaptiveLimit({ max: 32, tolerable: 375 }), clock });
    const storm = { clock, admission, work: () => service.request(), rate: 200, seconds: 4, patience: 3000 };
    await aStorm(storm);
    ms = 100;
    const slow = await aStorm(storm);
    ms = 25;
    const fast = await aStorm(storm);
    expect(sum(slow.served.slice(1, 4))).toBeGreaterThanOrEqual(24);
    expect(sum(slow.late)).toBeLessThanOrEqual(2);
    expect(sum(fast.served.slice(1, 4))).toBeGreaterThanOrEqual(96);
  });

  it('lets one caller try a service that was too slow, to notice its recovery', async () => {
    const clock = aVirtualClock();
    let ms = 5000;
    const admission = createAdmission({ limit: fixedLimit(4), clock });
    const work = () => new Promise<void>((resolve) => clock.after(ms, resolve));
    const storm = { clock, admission, work, rate: 50, seconds: 12, patience: 3000 };
    await aStorm(storm);
    ms = 20;
    const { served } = await aStorm({ ...storm, seconds: 4 });
    expect(served.slice(1, 4)).toEqual([50, 50, 50]);
  });
});
