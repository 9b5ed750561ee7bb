import { describe, expect, it } from 'vitest';
import { call } from '../../src/core/call.ts';
import { defineHook } from '../../src/core/hook.ts';
import type { Lookup } from '../../src/core/runtime.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { allow } from '../../src/protocol/schema/replies.ts';
import { createCallWatch } from '../../src/telemetry/call-watch.ts';
import { LookupTally } from '../../src/telemetry/lookup-tally.ts';
import { inputs } from '../support/inputs.ts';
import { aRuntime, bytes, hooksWith, requestOf, rpcFor } from '../support/runtime.ts';

const never = new AbortController().signal;

/** The counts after one look-up of this kind. */
async function countOf(lookup: Lookup, signal = never): Promise<unknown[]> {
  const tally = new LookupTally();
  const watched = tally.watch({ users: lookup }).users as Lookup;
  try {
    await watched({ kind: 'users' }, { signal });
  } catch {
    // It is counted, and handed on.
  }
  return tally.counts.map(({ kind, outcome, lookups }) => [kind, outcome, lookups]);
}

describe('a look-up', () => {
  it.each<[what: string, lookup: Lookup, outcome: string]>([
    ['that answers at once', () => 'yes', 'answered'],
    ['that answers nothing', () => undefined, 'answered'],
    ['that answers later', async () => 'yes', 'answered'],
    [
      'whose answer is only like a promise',
      // biome-ignore lint/suspicious/noThenProperty: that is what it is about
      () => ({ then: (take: (answer: string) => void) => take('yes') }),
      'answered',
    ],
    [
      'that fails with a code',
      async () => Promise.reject(new Failure('lookup_timeout', 'too slow')),
      'lookup_timeout',
    ],
    ['that fails otherwise', async () => Promise.reject(new Error('broken')), 'lookup_failed'],
    [
      'that throws',
      () => {
        throw new Error('broken');
      },
      'lookup_failed',
    ],
  ])('%s is counted', async (_what, lookup, outcome) => {
    expect(await countOf(lookup)).toStrictEqual([['users', outcome, 1]]);
  });

  it('that nobody waits for any more is counted once, even if it ends later', async () => {
    const abort = new AbortController();
    const tally = new LookupTally();
    let end: ((answer: string) => void) | undefined;
    const slow: Lookup = () => new Promise((resolve) => (end = resolve));
    const answer = tally.watch({ users: slow }).users?.({ kind: 'users' }, { signal: abort.signal });
    abort.abort();
    end?.('late');
    expect(await answer).toBe('late');
    expect(tally.counts).toStrictEqual([{ kind: 'users', outcome: 'deadline', lookups: 1 }]);
    expect(tally.durations.map(({ buckets }) => buckets.reduce((a, b) => a + b))).toStrictEqual([1]);
  });

  it('that was never asked has no series', () => {
    const tally = new LookupTally();
    tally.watch({ users: () => 'yes' });
    expect([tally.counts, tally.durations]).toStrictEqual([[], []]);
  });

  it('of the fifty-first kind is one of the others', () => {
    const tally = new LookupTally();
    const kinds = Array.from({ length: 60 }, (_, i) => `kind ${i}`);
    const watched = tally.watch(Object.fromEntries(kinds.map((kind) => [kind, () => 'yes'])));
    for (const kind of kinds) watched[kind]?.({ kind }, { signal: never });
    expect(tally.counts).toHaveLength(51);
    expect(tally.counts.at(-1)).toStrictEqual({ kind: '(others)', outcome: 'answered', lookups: 10 });
  });

  it('of a call reaches the call, and is counted', async () => {
    const watch = createCallWatch();
    const hook = defineHook({
      name: 'client.authorize',
      needs: (_input, { answers }) => ('ours' in answers ? undefined : { kind: 'ours' }),
      decide: () => ({ reply: allow() }),
    });
    const lookups = { ours: async () => 'yes' };
    const runtime = watch.watch(() => aRuntime({ hooks: hooksWith(hook as never), lookups }))();
    const rpc = rpcFor('client.authorize');
    await call(rpc, bytes, requestOf(rpc, inputs()['client.authorize']), runtime, 1000);
    expect(watch.calls.counts).toMatchObject([{ outcome: 'allow', calls: 1 }]);
    expect(watch.lookups.counts).toStrictEqual([{ kind: 'ours', outcome: 'answered', lookups: 1 }]);
  });
});
