import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/lookup/breaker.ts';

const fails = () => Promise.reject(new Error('down'));
const works = async () => 'up';

function setup() {
  const clock = { now: 0 };
  return { clock, breaker: createBreaker({ failures: 2, openFor: 1000, now: () => clock.now }) };
}

async function open() {
  const made = setup();
  await expect(made.breaker.run(fails)).rejects.toThrow('down');
  await expect(made.breaker.run(fails)).rejects.toThrow('down');
  return made;
}

describe('createBreaker', () => {
  it('opens after so many failures in a row', async () => {
    const { breaker } = setup();
    await expect(breaker.run(fails)).rejects.toThrow('down');
    expect(await breaker.run(works)).toBe('up');
    await expect(breaker.run(fails)).rejects.toThrow('down');
    expect(breaker.state).toBe('closed');
    await expect(breaker.run(fails)).rejects.toThrow('down');
    expect(breaker.state).toBe('open');
  });

  it('fails at once while it is open', async () => {
    const { breaker } = await open();
    let ran = false;
    const attempt = breaker.run(async () => {
      ran = true;
    });
    await expect(attempt).rejects.toMatchObject({ code: 'lookup_failed' });
    expect(ran).toBe(false);
  });

  it('lets one call try, and closes if it works', async () => {
    const { clock, breaker } = await open();
    clock.now += 1000;
    expect(breaker.state).toBe('half-open');
    const [first, second] = await Promise.allSettled([breaker.run(works), breaker.run(works)]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    expect(breaker.state).toBe('closed');
  });

  it('opens again for as long if it does not', async () => {
    const { clock, breaker } = await open();
    clock.now += 1000;
    await expect(breaker.run(fails)).rejects.toThrow('down');
    clock.now += 999;
    expect(breaker.state).toBe('open');
    clock.now += 1;
    expect(await breaker.run(works)).toBe('up');
  });
});
