import { describe, expect, it } from 'vitest';
import { Departures } from '../../src/transport/departures.ts';

describe('departures of connections', () => {
  it('of one peer are a quarter of a second apart', () => {
    const departures = new Departures();
    expect(departures.waitOf('a', 0)).toBe(0);
    departures.went('a', 0);
    expect([
      departures.waitOf('a', 0),
      departures.waitOf('a', 249),
      departures.waitOf('a', 250),
    ]).toStrictEqual([250, 1, 0]);
  });

  it('of other peers need not wait', () => {
    const departures = new Departures();
    departures.went('a', 0);
    expect(departures.waitOf('b', 0)).toBe(0);
  });

  it('come faster when many must go in a short time', () => {
    const departures = new Departures();
    departures.hurry(99, 1_000);
    departures.went('a', 0);
    expect(departures.waitOf('a', 0)).toBe(10);
  });

  it('come no slower when there is more time than they need', () => {
    const departures = new Departures();
    departures.hurry(1, 60_000);
    departures.went('a', 0);
    expect(departures.waitOf('a', 0)).toBe(250);
  });
});
