import { describe, expect, it } from 'vitest';
import { createLateAnswers } from '../../../src/lookup/http/late-answers.ts';
import type { MethodAnswer } from '../../../src/policy/policy.ts';

const parts = ['users', 'anna', 'c1', 'SECRET'];
const allow: MethodAnswer = { result: 'allow', grant: { tags: { site: 'north' } } };
const aborted = AbortSignal.abort();

function setup(options: { maxBytes?: number } = {}) {
  const time = { monotonic: 0, now: 1_000_000 };
  const late = createLateAnswers({
    ttl: 30_000,
    now: () => time.now,
    monotonic: () => time.monotonic,
    ...options,
  });
  const follow = async (answer: MethodAnswer, signal = aborted, key: readonly string[] = parts) => {
    late.follow(key, Promise.resolve(answer), signal);
    await Promise.resolve();
  };
  return { late, time, follow };
}

describe('a late answer', () => {
  it('is used once', async () => {
    const { late, follow } = setup();
    await follow(allow);
    expect([late.take(parts), late.take(parts)]).toEqual([allow, undefined]);
  });

  it('counts for the same client with the same password only', async () => {
    const { late, follow } = setup();
    await follow(allow);
    expect(late.take(['users', 'anna', 'c1', 'other'])).toBeUndefined();
    expect(late.take(['users', 'anna', 'c', '1SECRET'])).toBeUndefined();
    expect(late.take(parts)).toBe(allow);
  });

  it.each<[string, MethodAnswer, AbortSignal]>([
    ['in time', allow, new AbortController().signal],
    ['a refusal', { result: 'deny', reason: 'bad_password' }, aborted],
    ['an unknown client', { result: 'unknown' }, aborted],
  ])('that is %s is not kept', async (_, answer, signal) => {
    const { late, follow } = setup();
    await follow(answer, signal);
    expect([late.size, late.take(parts)]).toEqual([0, undefined]);
  });

  it('that fails is not kept, and harms nobody', async () => {
    const { late } = setup();
    late.follow(parts, Promise.reject(new Error('down')), aborted);
    await new Promise(setImmediate);
    expect(late.size).toBe(0);
  });

  it('expires', async () => {
    const { late, time, follow } = setup();
    await follow(allow);
    time.monotonic = 30_000;
    expect([late.take(parts), late.size]).toEqual([undefined, 0]);
  });

  it('does not outlive its grant', async () => {
    const { late, time, follow } = setup();
    await follow({ result: 'allow', grant: { tags: {}, expiresAt: 1_005_000 } });
    time.now = 1_005_000;
    expect(late.take(parts)).toBeUndefined();
  });

  it('is dropped when the policy changes, even if still pending', async () => {
    const { late, follow } = setup();
    await follow(allow);
    let answer = (_: MethodAnswer): void => {};
    late.follow(['other'], new Promise((resolve) => (answer = resolve)), aborted);
    late.clear();
    answer(allow);
    await new Promise(setImmediate);
    expect([late.size, late.take(parts), late.take(['other'])]).toEqual([0, undefined, undefined]);
  });

  it('is kept within so many bytes of all: the oldest go', async () => {
    const { late, follow } = setup({ maxBytes: 100_000 });
    const grant = { tags: { site: 'x'.repeat(10_000) } };
    for (let i = 0; i < 50; i++) await follow({ result: 'allow', grant }, aborted, [String(i)]);
    expect(late.size).toBe(4);
    expect([late.take(['45']), late.take(['46'])?.result]).toEqual([undefined, 'allow']);
  });
});
