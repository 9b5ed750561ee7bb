import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../src/lib/admission/service-time.ts';

describe('a service time', () => {
  it('is not known before the first measurement', () => {
    const time = new ServiceTime();
    expect([time.mean, time.upper]).toEqual([undefined, 0]);
  });

  it('equals the measurements if they are all alike', () => {
    const time = new ServiceTime();
    for (let i = 0; i < 5; i++) time.observe(100);
    expect([time.mean, time.upper]).toEqual([100, 100]);
  });

  it('has an upper bound that nearly all measurements lie below', () => {
    const time = new ServiceTime();
    for (let i = 0; i < 1000; i++) time.observe(i % 2 === 0 ? 80 : 120);
    expect(time.mean).toBeGreaterThan(90);
    expect(time.upper).toBeGreaterThan(120);
  });

  it('follows a change within a few measurements', () => {
    const time = new ServiceTime();
    time.observe(3000);
    for (let i = 0; i < 20; i++) time.observe(25);
    expect(time.upper).toBeLessThan(300);
  });
});
