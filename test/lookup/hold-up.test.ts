import { expect, it } from 'vitest';
import { holdUp } from '../../src/lookup/hold-up.ts';

it('resolves when the time is over', async () => {
  await expect(holdUp(1, new AbortController().signal)).resolves.toBeUndefined();
});

it.each(['before', 'while it waits'])('fails when nobody waits any more: %s', async (when) => {
  const abort = new AbortController();
  if (when === 'before') abort.abort();
  const held = holdUp(60_000, abort.signal);
  abort.abort();
  await expect(held).rejects.toMatchObject({ code: 'lookup_timeout' });
});
