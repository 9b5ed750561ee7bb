import { expect, it } from 'vitest';
import { ReloadTally } from '../../src/telemetry/reload-tally.ts';

it('knows what became of reloads, and since when a configuration is in force', async () => {
  let now = 1;
  const tally = new ReloadTally(() => now);
  expect(tally).toMatchObject({ done: 0, failed: 0, isLastInForce: true, lastDone: 1 });
  now = 2;
  await expect(tally.follow(Promise.reject(new Error('no')))).rejects.toThrow('no');
  tally.refused();
  expect(tally).toMatchObject({ done: 0, failed: 2, isLastInForce: false, lastDone: 1 });
  await tally.follow(Promise.resolve());
  expect(tally).toMatchObject({ done: 1, failed: 2, isLastInForce: true, lastDone: 2 });
});
