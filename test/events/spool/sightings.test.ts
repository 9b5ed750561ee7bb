import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Sightings } from '../../../src/events/spool/sightings.ts';
import { aDirectory } from './support.ts';

const LEASE = 10_000;

function setup() {
  const path = join(aDirectory(), 'member');
  const clock = { wall: 1_800_000_000_000, ran: 0 };
  const sightings = new Sightings({
    lease: LEASE,
    isFreshAtFirst: (age) => Math.abs(age) < LEASE,
    now: () => clock.wall,
    monotonic: () => clock.ran,
  });
  const renew = () => utimesSync(path, clock.wall / 1000, clock.wall / 1000);
  writeFileSync(path, '');
  renew();
  const isFresh = () => sightings.isFresh(path);
  return { path, clock, renew, isFresh };
}

describe('the heartbeat of a process', () => {
  it.each([-3_600_000, 3_600_000])(
    'lasts for its lease, when the wall clock is set by %s ms meanwhile',
    (step) => {
      const { clock, isFresh } = setup();
      expect(isFresh()).toBe(true);
      clock.wall += step;
      clock.ran += LEASE - 1;
      expect(isFresh()).toBe(true);
      clock.ran += 1;
      expect(isFresh()).toBe(false);
    },
  );

  it('is fresh as long as its file is renewed, even by a clock that was set', () => {
    const { clock, renew, isFresh } = setup();
    isFresh();
    clock.wall -= 3_600_000;
    renew();
    clock.ran += LEASE;
    expect(isFresh()).toBe(true);
    clock.ran += LEASE;
    expect(isFresh()).toBe(false);
    renew();
    clock.wall += 1000;
    renew();
    expect(isFresh()).toBe(true);
  });

  it('is stale when its file was old at first sight, until it is renewed', () => {
    const { clock, renew, isFresh } = setup();
    clock.wall += LEASE;
    expect(isFresh()).toBe(false);
    expect(isFresh()).toBe(false);
    renew();
    expect(isFresh()).toBe(true);
  });

  it('is unknown without its file', () => {
    const { path, isFresh } = setup();
    isFresh();
    rmSync(path);
    expect(isFresh()).toBeUndefined();
  });
});
