import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/sinks/nats/slots.ts';

describe('slots', () => {
  it('return their items once, in any order', () => {
    const slots = new Slots<string>();
    const [a, b, c] = ['a', 'b', 'c'].map((item) => slots.put(item)) as [string, string, string];
    expect([slots.take(c), slots.take(a), slots.take(a), slots.take(b)]).toEqual(['c', 'a', undefined, 'b']);
    expect(slots.size).toBe(0);
  });

  it('never match a late number with the present item of a slot', () => {
    const slots = new Slots<string>();
    const late = slots.put('first');
    slots.take(late);
    const now = slots.put('second');
    expect(slots.take(late)).toBeUndefined();
    expect(slots.take(now)).toBe('second');
  });

  it.each(['', '0', '0-', '0-2', '1-1', '-1-1', '0-1-1', '0-1 ', '1e0-1', '99999999999999999999-1'])(
    'know nothing of the number %j',
    (number) => {
      const slots = new Slots<string>();
      expect(slots.put('only')).toBe('0-1');
      expect(slots.take(number)).toBeUndefined();
      expect(slots.size).toBe(1);
    },
  );

  it('give those that are asked for, and no others', () => {
    const slots = new Slots<number>();
    const numbers = [1, 2, 3, 4].map((item) => slots.put(item));
    expect(slots.takeIf((item) => item % 2 === 0)).toEqual([2, 4]);
    expect(numbers.map((number) => slots.take(number))).toEqual([1, undefined, 3, undefined]);
  });

  it('return at most the requested number', () => {
    const slots = new Slots<number>();
    for (const item of [1, 2, 3]) slots.put(item);
    expect(slots.takeIf((item) => item > 1, 1)).toEqual([2]);
    expect(slots.size).toBe(2);
  });

  it('are used again', () => {
    const slots = new Slots<number>();
    for (let i = 0; i < 100; i++) expect(slots.take(slots.put(i))).toBe(i);
    expect(slots.put(0)).toBe('0-101');
  });
});
