import { expect, it } from 'vitest';
import { sleep } from '../../src/lib/sleep.ts';

it('resolves when the time is over', async () => {
  await expect(sleep(1)).resolves.toBeUndefined();
});

it.each(['before', 'while it waits'])('fails when the signal is aborted %s', async (when) => {
  const abort = new AbortController();
  if (when === 'before') abort.abort();
  const waiting = sleep(60_000, { signal: abort.signal });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

it('does not end at once when the time is longer than a timer of Node can wait', async () => {
  const abort = new AbortController();
  const waiting = sleep(2 ** 31, { signal: abort.signal });
  const first = await Promise.race([waiting.then(() => 'over'), sleep(20).then(() => 'waits')]);
  expect(first).toBe('waits');
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
