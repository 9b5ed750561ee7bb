import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/lookup/breaker.ts';
import { Failure } from '../../src/protocol/failure.ts';

const fails = () => Promise.reject(new Error('down'));
const isLate = () => Promise.reject(new Failure('lookup_timeout', 'late'));
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

  it('stays closed while the service is late with some answers and gives others', async () => {
    const { clock, breaker } = setup();
    await breaker.run(works);
    for (let i = 0; i < 10; i++) await expect(breaker.run(isLate)).rejects.toThrow('late');
    expect(breaker.state).toBe('closed');
    clock.now += 5000;
    for (let i = 0; i < 2; i++) await expect(breaker.run(isLate)).rejects.toThrow('late');
    expect(breaker.state).toBe('open');
  });

  it('opens when a service that never answered is late', async () => {
    const { breaker } = setup();
    for (let i = 0; i < 2; i++) await expect(breaker.run(isLate)).rejects.toThrow('late');
    expect(breaker.state).toBe('open');
  });

  it('is not kept open by failures of calls in flight when it opened', async () => {
    const { clock, breaker } = setup();
    let fail = (_: Error): void => {};
    const slow = breaker.run(() => new Promise((_, reject) => (fail = reject)));
    for (let i = 0; i < 2; i++) await expect(breaker.run(fails)).rejects.toThrow('down');
    clock.now += 900;
    fail(new Error('slow'));
    await expect(slow).rejects.toThrow('slow');
    clock.now += 100;
    expect(breaker.state).toBe('half-open');
  });

  it('lets no second call try while one does, also when an earlier one ends', async () => {
    const { clock, breaker } = setup();
    let end = (): void => {};
    const slow = breaker.run(() => new Promise<void>((resolve) => (end = resolve)));
    for (let i = 0; i < 2; i++) await expect(breaker.run(fails)).rejects.toThrow('down');
    clock.now += 1000;
    const trial = breaker.run(() => new Promise<void>(() => {}));
    void trial;
    await expect(breaker.run(works)).rejects.toMatchObject({ code: 'lookup_failed' });
    end();
    await slow;
    expect(breaker.state).toBe('closed');
  });
});
