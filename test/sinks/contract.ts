/** Registers the contract of sinks with the test runner. */
import { describe, expect, it } from 'vitest';
import { makeDelivery, type SinkSubject, sinkContract } from '../../src/sink-contract.ts';

/**
 * Inside a `describe` that starts and ends the server in `beforeAll` and `afterAll`:
 * the subject's functions are called after that.
 */
export function itKeepsTheContract(subject: SinkSubject): void {
  describe('the contract of sinks', () => {
    for (const { title, run } of sinkContract(subject)) it(title, run, 180_000);
  });
}

/** What sinks of users need not do, and all of ours do. */
export function ours(subject: SinkSubject, options: { readonly asksAtOnce?: boolean } = {}): SinkSubject {
  itLeavesOutWhatNobodyWants(subject, options.asksAtOnce === true);
  return subject;
}

function itLeavesOutWhatNobodyWants(subject: SinkSubject, asksAtOnce: boolean): void {
  it('leaves out deliveries that are no longer wanted when their turn comes, and writes the rest', async () => {
    const sink = await subject.open();
    try {
      const batch = [1, 2, 3, 4].map(() => makeDelivery({ format: 'structured' }));
      const given = new Set<string>();
      if (asksAtOnce) for (const i of [1, 3]) given.add(batch[i]?.id ?? '');
      const written = sink.write(batch, new AbortController().signal, ({ id }) => !given.has(id));
      // While the connection is being made, or others have their turn.
      for (const i of [1, 3]) given.add(batch[i]?.id ?? '');
      expect((await written) ?? {}).not.toMatchObject({ unconfirmed: [expect.anything()] });
      const alone = makeDelivery({ format: 'structured' });
      await sink.write([alone], new AbortController().signal, () => false);
      const held = (await subject.read()).map(({ id }) => id);
      const isHeld = [...batch, alone].map(({ id }) => held.includes(id));
      expect(isHeld).toEqual([true, false, true, false, false]);
    } finally {
      await sink.close();
    }
  }, 60_000);
}
