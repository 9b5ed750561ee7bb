import { expect, it } from 'vitest';
import { sleep } from '../../src/lookup/sleep.ts';

it('resolves when the time is over', async () => {
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
});

it.each(['before', 'while it waits'])('fails when nobody waits any more: %s', async (when) => {
  const abort = new AbortController();
  if (when === 'before') abort.abort();
  const held = sleep(60_000, abort.signal);
  abort.abort();
  await expect(held).rejects.toMatchObject({ code: 'lookup_timeout' });
});
