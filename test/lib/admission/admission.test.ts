import { describe, expect, it } from 'vitest';
import { type AdmissionOptions, createAdmission } from '../../../src/lib/admission/admission.ts';
import { type EndedWork, fixedLimit } from '../../../src/lib/admission/concurrency-limit.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import { aVirtualClock } from './simulate.ts';

function deferred() {
  let done = () => {};
  const promise = new Promise<void>((resolve) => {
    done = resolve;
  });
  return { promise, done };
}

function setup(concurrency: number, options: Partial<AdmissionOptions> = {}) {
  const clock = aVirtualClock();
  return { clock, admission: createAdmission({ limit: fixedLimit(concurrency), clock, ...options }) };
}

const code = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: Failure) => error.code,
  );

describe('createAdmission', () => {
  it('runs as many at once as it may, the rest in order of arrival', async () => {
    const { admission } = setup(2);
    const tasks = [deferred(), deferred(), deferred(), deferred()];
    const started: number[] = [];
    const runs = tasks.map(({ promise }, i) =>
      admission.run(async () => {
        started.push(i);
        await promise;
        return i;
      }),
    );
    expect(admission).toMatchObject({ working: 2, waiting: 2, limit: 2 });
    tasks[1]?.done();
    await runs[1];
    expect(started).toEqual([0, 1, 2]);
    for (const task of tasks) task.done();
    expect(await Promise.all(runs)).toEqual([0, 1, 2, 3]);
    expect(admission).toMatchObject({ working: 0, waiting: 0 });
  });

  it('makes room again after a failure, which it passes on', async () => {
    const { admission } = setup(1);
    await expect(admission.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(admission.working).toBe(0);
  });

  it('forgets a waiter whose signal ends, without running its work', async () => {
    const { admission } = setup(1);
    const task = deferred();
    const first = admission.run(() => task.promise);
    const abort = new AbortController();
    let ran = false;
    const work = async () => {
      ran = true;
    };
    const late = admission.run(work, { signal: abort.signal });
    abort.abort();
    expect(await code(late)).toBe('lookup_timeout');
    expect(await code(admission.run(work, { signal: abort.signal }))).toBe('lookup_timeout');
    expect(admission.waiting).toBe(0);
    task.done();
    await first;
    expect(ran).toBe(false);
  });

  it('continues running work when its signal is aborted', async () => {
    const { admission } = setup(1);
    const task = deferred();
    const abort = new AbortController();
    const run = admission.run(() => task.promise.then(() => 'done'), { signal: abort.signal });
    abort.abort();
    task.done();
    expect(await run).toBe('done');
  });

  it('refuses at once work that cannot end in time, by the duration of earlier work', async () => {
    const { clock, admission } = setup(1);
    const take = (ms: number) => () => new Promise<void>((resolve) => clock.after(ms, resolve));
    const measured = admission.run(take(100));
    await clock.pass(100);
    await measured;
    const first = admission.run(take(100), { deadline: clock.now() + 100 });
    expect(await code(admission.run(take(100), { deadline: clock.now() + 150 }))).toBe('overloaded');
    const second = admission.run(take(100), { deadline: clock.now() + 250 });
    await clock.pass(200);
    expect(await Promise.all([code(first), code(second)])).toEqual(['done', 'done']);
  });

  it('refuses waiters if those ahead of them take longer than expected', async () => {
    const { clock, admission } = setup(1);
    const task = deferred();
    const quick = admission.run(() => new Promise<void>((resolve) => clock.after(10, resolve)));
    await clock.pass(10);
    await quick;
    void admission.run(() => task.promise);
    const waiter = code(admission.run(async () => 1, { deadline: clock.now() + 500 }));
    await clock.pass(600);
    expect([await waiter, admission.waiting]).toEqual(['overloaded', 0]);
  });

  it('limits the bytes of those who wait', async () => {
    const { admission } = setup(1, { maxBytes: 10_000 });
    const task = deferred();
    void admission.run(() => task.promise);
    const runs = Array.from({ length: 5 }, () => code(admission.run(async () => 1, { bytes: 3000 })));
    expect(admission.waiting).toBe(2);
    task.done();
    expect(await Promise.all(runs)).toEqual(['done', 'done', 'overloaded', 'overloaded', 'overloaded']);
  });

  it.each<[string, () => Promise<unknown>, Partial<EndedWork>[]]>([
    ['an answer', async () => 1, [{ outcome: 'ok', wasFull: true }]],
    ['a timeout', () => Promise.reject(new Failure('lookup_timeout', 'x')), [{ outcome: 'busy' }]],
    ['a refusal for load', () => Promise.reject(new Failure('overloaded', 'x')), [{ outcome: 'busy' }]],
    ['another failure', () => Promise.reject(new Failure('lookup_failed', 'x')), [{ outcome: 'failed' }]],
  ])('tells the limit of %s', async (_, work, expected) => {
    const ended: EndedWork[] = [];
    const { admission } = setup(1, { limit: { value: 1, ended: (one) => void ended.push(one) } });
    await code(admission.run(work));
    expect(ended).toMatchObject(expected);
  });
});
