import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerQuestions } from '../../src/core/ask.ts';
import { type Answers, defineHook, type Hook, MAX_QUESTIONS, type Question } from '../../src/core/hook.ts';
import type { Lookup } from '../../src/core/runtime.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { allow } from '../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { inputs } from '../support/inputs.ts';
import { aRuntime } from '../support/runtime.ts';

const input: HookInput = inputs()['client.authenticate'];
const first: Question = { kind: 'first', user: 'alice' };
const FOREVER = Number.POSITIVE_INFINITY;
const never = () => new Promise<never>(() => {});

/** A hook that asks the questions in turn. */
const asking = (needs: (answers: Answers) => Question | undefined = () => undefined) =>
  defineHook({
    name: 'client.authenticate',
    needs: (_, { answers }) => needs(answers),
    decide: () => ({ reply: allow() }),
  }) as unknown as Hook;

const ask = (lookups: Record<string, Lookup>, hook = asking(), budget = FOREVER, question = first) =>
  answerQuestions(hook, input, question, aRuntime({ lookups }), budget);

describe('an answer', () => {
  it.each([
    ['a value', () => 7],
    ['a promise', async () => 7],
  ])('may be %s', async (_what, lookup) => {
    await expect(ask({ first: lookup })).resolves.toStrictEqual({ first: 7 });
  });

  it.each([undefined, null, false, 0, ''])('may be %j: a look-up found nothing', async (value) => {
    await expect(ask({ first: () => value })).resolves.toStrictEqual({ first: value });
  });

  it('is looked up with the question and a signal', async () => {
    const lookup = vi.fn<Lookup>(() => 1);
    await ask({ first: lookup });
    expect(lookup).toHaveBeenCalledExactlyOnceWith(first, { signal: expect.any(AbortSignal) });
    expect(lookup.mock.calls[0]?.[1].signal.aborted).toBe(false);
  });
});

describe('questions', () => {
  it('are asked one after another, each with the answers before it', async () => {
    const seen: Answers[] = [];
    const hook = asking((answers) => {
      seen.push({ ...answers });
      const next = ['second', 'third'].find((kind) => !(kind in answers));
      return next === undefined ? undefined : { kind: next };
    });
    const lookup: Lookup = async ({ kind }) => `the ${kind}`;
    const answers = { first: 'the first', second: 'the second', third: 'the third' };
    await expect(ask({ first: lookup, second: lookup, third: lookup }, hook)).resolves.toStrictEqual(answers);
    expect(seen).toStrictEqual([
      { first: 'the first' },
      { first: 'the first', second: 'the second' },
      answers,
    ]);
  });

  it('of the same kind replace the answer', async () => {
    const hook = asking(({ first: id }) => (id === 2 ? undefined : { kind: 'first', id: 2 }));
    await expect(ask({ first: ({ id }) => id ?? 1 }, hook)).resolves.toStrictEqual({ first: 2 });
  });

  it(`may be ${MAX_QUESTIONS}`, async () => {
    const lookup = vi.fn<Lookup>(({ n = 1 }) => n);
    const hook = asking(({ first: n }) =>
      n === MAX_QUESTIONS ? undefined : { kind: 'first', n: Number(n) + 1 },
    );
    await expect(ask({ first: lookup }, hook)).resolves.toStrictEqual({ first: MAX_QUESTIONS });
    expect(lookup).toHaveBeenCalledTimes(MAX_QUESTIONS);
  });

  it('end: a hook that never has enough is stopped', async () => {
    const lookup = vi.fn<Lookup>(() => 1);
    await expect(
      ask(
        { first: lookup },
        asking(() => first),
      ),
    ).rejects.toThrow('hook client.authenticate asked more than 8 questions');
    expect(lookup).toHaveBeenCalledTimes(MAX_QUESTIONS);
  });

  it('are not of a kind that nobody answers', async () => {
    await expect(ask({})).rejects.toThrow('there is no look-up of kind "first"');
  });

  it.each(['toString', 'constructor', '__proto__'])(
    'are not answered by what every object has: %s',
    async (kind) => {
      await expect(ask({}, asking(), FOREVER, { kind })).rejects.toThrow(`no look-up of kind "${kind}"`);
    },
  );

  it('end the call when the hook throws between them', async () => {
    const hook = asking(() => {
      throw new RangeError('a bug');
    });
    await expect(ask({ first: () => 1 }, hook)).rejects.toThrow(new RangeError('a bug'));
  });
});

describe('a look-up that fails', () => {
  const cause = new Error('connection refused to 10.0.0.7');

  it.each<[string, Lookup]>([
    [
      'throws',
      () => {
        throw cause;
      },
    ],
    ['rejects', () => Promise.reject(cause)],
  ])('is lookup_failed when it %s, its cause for the log only', async (_how, lookup) => {
    const failure = await ask({ first: lookup }).catch((error) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'lookup_failed', message: 'a look-up failed', cause });
  });

  it('may report its failure with its own code', async () => {
    const failure = new Failure('lookup_timeout', 'the database did not answer');
    await expect(ask({ first: () => Promise.reject(failure) })).rejects.toBe(failure);
  });

  it('may throw anything', async () => {
    await expect(ask({ first: () => Promise.reject(undefined) })).rejects.toMatchObject({
      code: 'lookup_failed',
    });
  });

  it('ends the questions', async () => {
    const second = vi.fn<Lookup>();
    const hook = asking(() => ({ kind: 'second' }));
    await expect(ask({ first: () => Promise.reject(cause), second }, hook)).rejects.toThrow();
    expect(second).not.toHaveBeenCalled();
  });
});

describe("the broker's deadline", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** The result of a call so far. */
  function watch(answers: Promise<unknown>): { result: unknown } {
    const state: { result: unknown } = { result: 'waiting' };
    answers.then(
      (value) => {
        state.result = value;
      },
      (error) => {
        state.result = error;
      },
    );
    return state;
  }

  it('ends a call whose look-up never answers, on the millisecond and not before', async () => {
    const state = watch(ask({ first: never }, asking(), 4_900));
    await vi.advanceTimersByTimeAsync(4_899);
    expect(state.result).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(state.result).toBeInstanceOf(Failure);
    expect(state.result).toMatchObject({
      code: 'deadline',
      message: "no answer within the broker's deadline",
    });
  });

  it('tells the look-up that nobody waits any more, and why', async () => {
    let heard: AbortSignal | undefined;
    const lookup: Lookup = (_, { signal }) => {
      heard = signal;
      return never();
    };
    watch(ask({ first: lookup }, asking(), 100));
    expect(heard?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(heard?.aborted).toBe(true);
    expect(heard?.reason).toMatchObject({ code: 'deadline' });
  });

  it('stays the reason when the look-up fails because it was aborted', async () => {
    const lookup: Lookup = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const state = watch(ask({ first: lookup }, asking(), 100));
    await vi.advanceTimersByTimeAsync(100);
    expect(state.result).toMatchObject({ code: 'deadline' });
  });

  it('ends the questions: an answer that comes too late leads to no other', async () => {
    const second = vi.fn<Lookup>();
    const late: Lookup = () => new Promise((resolve) => setTimeout(resolve, 200, 'late'));
    const state = watch(
      ask(
        { first: late, second },
        asking(() => ({ kind: 'second' })),
        100,
      ),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.result).toMatchObject({ code: 'deadline' });
    expect(second).not.toHaveBeenCalled();
  });

  it('is one for all questions together', async () => {
    const lookup: Lookup = () => new Promise((resolve) => setTimeout(resolve, 60, 1));
    const hook = asking((answers) => ('second' in answers ? undefined : { kind: 'second' }));
    const state = watch(ask({ first: lookup, second: lookup }, hook, 100));
    await vi.advanceTimersByTimeAsync(100);
    expect(state.result).toMatchObject({ code: 'deadline' });
  });

  it.each([0, -5])('may have passed already: %d ms', async (budget) => {
    const state = watch(ask({ first: never }, asking(), budget));
    await vi.advanceTimersByTimeAsync(1);
    expect(state.result).toMatchObject({ code: 'deadline' });
  });

  it.each([FOREVER, 2 ** 31, 2 ** 40])('may be far away: %d ms is not at once', async (budget) => {
    const state = watch(ask({ first: never }, asking(), budget));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(state.result).toBe('waiting');
  });

  it.each<[string, Lookup]>([
    ['answered', () => 1],
    ['failed', () => Promise.reject(new Error('x'))],
  ])('leaves no timer behind a call that was %s', async (_how, lookup) => {
    await ask({ first: lookup }, asking(), 5_000).catch(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });
});
