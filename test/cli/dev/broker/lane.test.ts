import { expect, it } from 'vitest';
import { Lane } from '../../../../src/cli/dev/broker/lane.ts';

it('Work of a lane is done one piece after another, in the order in which it came', async () => {
  const lane = new Lane();
  const done: string[] = [];
  let finish: () => void = () => {};
  const first = lane.run(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    done.push('first');
  });
  const second = lane.run(() => done.push('second'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toStrictEqual([]);
  finish();
  await Promise.all([first, second]);
  expect(done).toStrictEqual(['first', 'second']);
});

it('Work that fails holds up nothing behind it', async () => {
  const lane = new Lane();
  const failing = lane.run(() => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  expect(await lane.run(() => 'next')).toBe('next');
  await expect(lane.idle).resolves.toBeUndefined();
});
