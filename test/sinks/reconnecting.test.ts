import { describe, expect, it } from 'vitest';
import { Reconnecting } from '../../src/sinks/reconnecting.ts';

interface Connection {
  readonly number: number;
  isOpen: boolean;
  ended: number;
}

/** Connections in the order in which they were made; `outcomes` says which attempts fail, with what. */
function aLazy(outcomes: readonly (string | undefined)[] = []) {
  const made: Connection[] = [];
  const attempts = { count: 0 };
  const lazy = new Reconnecting<Connection>({
    async connect() {
      const failure = outcomes[attempts.count++];
      await new Promise(setImmediate);
      if (failure !== undefined) throw new Error(failure);
      const connection = { number: made.length, isOpen: true, ended: 0 };
      made.push(connection);
      return connection;
    },
    isOpen: ({ isOpen }) => isOpen,
    end(connection) {
      connection.isOpen = false;
      connection.ended++;
    },
  });
  return { lazy, made, attempts };
}

describe('a lazy connection', () => {
  it('is made when it is first asked for, once for all who ask', async () => {
    const { lazy, attempts } = aLazy();
    expect(attempts.count).toBe(0);
    const [a, b] = await Promise.all([lazy.get(), lazy.get()]);
    expect(a).toBe(b);
    expect(await lazy.get()).toBe(a);
    expect(attempts.count).toBe(1);
  });

  it('fails for all who wait for the attempt, and is tried again by who asks next', async () => {
    const { lazy, attempts } = aLazy(['refused']);
    const both = await Promise.allSettled([lazy.get(), lazy.get()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(attempts.count).toBe(1);
    await expect(lazy.get()).resolves.toMatchObject({ number: 0 });
  });

  it('is made again when it is not open any more, once for all who find that', async () => {
    const { lazy, made, attempts } = aLazy();
    const first = await lazy.get();
    first.isOpen = false;
    const [a, b] = await Promise.all([lazy.get(), lazy.get()]);
    expect([a, b]).toEqual([made[1], made[1]]);
    expect(attempts.count).toBe(2);
    expect(first.ended).toBeGreaterThan(0);
  });

  it('is made again when it was dropped', async () => {
    const { lazy, made } = aLazy();
    const first = await lazy.get();
    await lazy.drop(first);
    expect(first.ended).toBe(1);
    expect(await lazy.get()).toBe(made[1]);
  });

  it('stays when another is dropped that was there before it', async () => {
    const { lazy, made } = aLazy();
    const first = await lazy.get();
    await lazy.drop(first);
    const second = await lazy.get();
    await lazy.drop(first);
    expect(await lazy.get()).toBe(second);
    expect([second.ended, made.length]).toEqual([0, 2]);
  });

  it('ends when it is closed, and is not made any more', async () => {
    const { lazy, attempts } = aLazy();
    const connection = await lazy.get();
    await lazy.close();
    expect(connection.ended).toBe(1);
    await expect(lazy.get()).rejects.toThrow('the sink is closed');
    expect(attempts.count).toBe(1);
  });

  it('that is being made when it is closed ends as soon as it is there', async () => {
    const { lazy, made } = aLazy();
    const got = lazy.get();
    await lazy.close();
    await got;
    expect(made.map(({ ended }) => ended)).toEqual([1]);
  });
});
