/** Deliveries that the system rejects are reported, and do not affect others. */
import { strict as assert } from 'node:assert';
import type { Delivery } from '../delivery.ts';
import { assertReceived, match } from './compare.ts';
import { deliver } from './deliver.ts';
import { makeDeliveries, makeDelivery } from './deliveries.ts';
import type { ContractCase, SinkSubject } from './subject.ts';
import { withSink } from './world.ts';

export function refusalCases(subject: SinkSubject): ContractCase[] {
  const { refuse } = subject;
  if (refuse === undefined) return [];
  const check = (make: () => { batch: Delivery[]; refused: Delivery[] }) => async () => {
    const { batch, refused } = make();
    await expectRefused(subject, batch, refused);
  };
  return [
    {
      title: 'reports an event that the system refuses, and delivers the others of its batch',
      run: check(() => {
        const others = makeDeliveries(20, ['a', 'b', 'c']);
        const refused = [refuse(makeDelivery({ key: 'b' }))];
        return { batch: [...others.slice(0, 7), ...refused, ...others.slice(7)], refused };
      }),
    },
    {
      title: 'reports a batch of which everything is refused',
      run: check(() => {
        const refused = makeDeliveries(5, ['a', 'b']).map(refuse);
        return { batch: refused, refused };
      }),
    },
    {
      title: 'reports refused events at the beginning and at the end of a batch',
      run: check(() => {
        const refused = makeDeliveries(2, ['a']).map(refuse) as [Delivery, Delivery];
        return { batch: [refused[0], ...makeDeliveries(10, ['a', 'b']), refused[1]], refused };
      }),
    },
    withSink(subject, 'delivers what comes after a refused event', async (sink, patience) => {
      await deliver(sink, [refuse(makeDelivery())], { patience });
      const next = makeDeliveries(10, ['client-1', 'client-2']);
      await deliver(sink, next, { patience });
      await assertReceived(subject, next);
    }),
  ];
}

async function expectRefused(subject: SinkSubject, batch: readonly Delivery[], refused: readonly Delivery[]) {
  const others = batch.filter((delivery) => !refused.includes(delivery));
  await withSink(subject, '', async (sink, patience) => {
    const { rejected } = await deliver(sink, batch, { patience, batch: batch.length });
    assert.deepEqual(
      new Set(rejected.map(({ delivery }) => delivery.id)),
      new Set(refused.map(({ id }) => id)),
    );
    for (const { reason } of rejected) assert.match(reason, /\S/, 'a rejected event has no reason');
    await assertReceived(subject, others, true);
    const there = match(refused, await subject.read());
    assert.equal(there.length, 0, 'a rejected event is there');
  }).run();
}
