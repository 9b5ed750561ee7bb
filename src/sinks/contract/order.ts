/** Batches arrive complete, once and in order. */
import { strict as assert } from 'node:assert';
import { assertReceived } from './compare.ts';
import { deliver, settled, write } from './deliver.ts';
import { makeDeliveries } from './deliveries.ts';
import type { ContractCase, SinkSubject } from './subject.ts';
import { withSink } from './world.ts';

const names = (count: number, word: string) => Array.from({ length: count }, (_, i) => `${word}-${i}`);

export function orderCases(subject: SinkSubject): ContractCase[] {
  return [
    withSink(subject, 'delivers a single event', async (sink, patience) => {
      const one = makeDeliveries(1, ['alone']);
      await deliver(sink, one, { patience });
      await assertReceived(subject, one);
    }),
    withSink(subject, 'takes an empty batch', async (sink, patience) => {
      await settled('write()', write(sink, [], new AbortController().signal), patience);
    }),
    withSink(subject, 'delivers the events of a client in order', async (sink, patience) => {
      const deliveries = makeDeliveries(200, ['one']);
      await deliver(sink, deliveries, { patience, batch: 50 });
      await assertReceived(subject, deliveries);
    }),
    withSink(subject, 'delivers a batch of many clients, each in order', async (sink, patience) => {
      const deliveries = makeDeliveries(500, names(23, 'client'));
      const { failures } = await deliver(sink, deliveries, { patience, batch: 500, timeout: patience });
      assert.equal(failures, 0);
      await assertReceived(subject, deliveries);
    }),
    withSink(subject, 'delivers events without a client', async (sink, patience) => {
      const deliveries = makeDeliveries(20, ['']);
      await deliver(sink, deliveries, { patience });
      await assertReceived(subject, deliveries);
    }),
    withSink(subject, 'takes batches of different clients at the same time', async (sink, patience) => {
      const sets = names(4, 'lane').map((name) => makeDeliveries(100, [`${name}-a`, `${name}-b`]));
      await Promise.all(sets.map((set) => deliver(sink, set, { patience, batch: 10 })));
      await assertReceived(subject, sets.flat());
    }),
  ];
}
