import { expect, it } from 'vitest';
import { Closers } from '../../../src/app/serve/closers.ts';

it('closes in reverse order of opening, and waits for each', async () => {
  const closers = new Closers();
  const order: string[] = [];
  closers.add('a', (name) => order.push(name));
  closers.add('b', async (name) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(name);
  });
  await closers.close();
  expect(order).toStrictEqual(['b', 'a']);
});

it('closes the others when one fails to close', async () => {
  const closers = new Closers();
  const order: string[] = [];
  closers.add('a', (name) => order.push(name));
  closers.add('b', () => Promise.reject(new Error('stuck')));
  closers.add('c', () => {
    throw new Error('stuck');
  });
  await expect(closers.close()).resolves.toBeUndefined();
  expect(order).toStrictEqual(['a']);
});

it('closes each once', async () => {
  const closers = new Closers();
  let count = 0;
  expect(closers.add('a', () => void count++)).toBe('a');
  await closers.close();
  await closers.close();
  expect(count).toBe(1);
});
