import { describe, expect, it } from 'vitest';
import { createGate } from '../../src/lookup/gate.ts';

function deferred() {
  let done = () => {};
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}

describe('createGate', () => {
  it('runs as many at once as it may, the rest in order of arrival', async () => {
    const gate = createGate({ concurrency: 2, maxWaiting: 10 });
    const tasks = [deferred(), deferred(), deferred(), deferred()];
    const started: number[] = [];
    const runs = tasks.map(({ promise }, i) =>
      gate.run(async () => {
        started.push(i);
        await promise;
        return i;
      }),
    );
    expect(gate).toMatchObject({ working: 2, waiting: 2 });
    tasks[1]?.done();
    await runs[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    for (const task of tasks) task.done();
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
    expect(gate).toMatchObject({ working: 0, waiting: 0 });
  });

  it('fails at once when too many wait', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 0 });
    const task = deferred();
    const first = gate.run(() => task.promise);
    await expect(gate.run(async () => 1)).rejects.toMatchObject({ code: 'overloaded' });
    task.done();
    await first;
    expect(await gate.run(async () => 2)).toBe(2);
  });

  it('forgets a waiter whose time is up, without running its work', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 5 });
    const task = deferred();
    const first = gate.run(() => task.promise);
    const abort = new AbortController();
    let ran = false;
    const late = gate.run(async () => {
      ran = true;
    }, abort.signal);
    abort.abort();
    await expect(late).rejects.toMatchObject({ code: 'lookup_timeout' });
    await expect(gate.run(async () => 1, abort.signal)).rejects.toMatchObject({ code: 'lookup_timeout' });
    expect(gate.waiting).toBe(0);
    task.done();
    await first;
    expect(ran).toBe(false);
  });

  it('makes room again after a failure', async () => {
    const gate = createGate({ concurrency: 1, maxWaiting: 0 });
    await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(gate.working).toBe(0);
  });
});
