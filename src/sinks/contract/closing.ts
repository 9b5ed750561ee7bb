/** A sink releases everything when it is closed. */
import { strict as assert } from 'node:assert';
import { sleep } from '../../lib/sleep.ts';
import { assertReceived } from './compare.ts';
import { deliver, settled } from './deliver.ts';
import { makeDeliveries } from './deliveries.ts';
import type { ContractCase, SinkSubject } from './subject.ts';
import { patienceOf } from './world.ts';

export function closingCases(subject: SinkSubject): ContractCase[] {
  return [
    {
      title: 'finds its system when it is asked to check',
      async run() {
        const sink = await subject.open();
        try {
          await settled('check()', sink.check?.(), patienceOf(subject));
        } finally {
          await sink.close();
        }
      },
    },
    {
      title: 'has delivered what it confirmed when it is closed at once',
      async run() {
        const sink = await subject.open();
        const deliveries = makeDeliveries(50, ['a', 'b', 'c']);
        await deliver(sink, deliveries, { patience: patienceOf(subject), batch: 50 });
        await sink.close();
        await assertReceived(subject, deliveries);
      },
    },
    {
      title: 'is closed any number of times, used or not, and holds nothing afterwards',
      run: () => expectNothingHeld(subject),
    },
  ];
}

async function expectNothingHeld(subject: SinkSubject): Promise<void> {
  const patience = patienceOf(subject);
  const before = await countResources();
  for (const count of [0, 10]) {
    const sink = await subject.open();
    await deliver(sink, makeDeliveries(count, ['a']), { patience });
    const closings = Promise.all([sink.close(), sink.close()]);
    await settled('close()', closings, patience);
    await settled('close()', sink.close(), patience);
  }
  const end = performance.now() + patience;
  for (;;) {
    const leaks = findLeaks(before, await countResources());
    if (leaks.length === 0) return;
    assert.ok(performance.now() < end, `a closed sink keeps the process alive: ${leaks.join(', ')}`);
  }
}

/** Lists what keeps the process alive, by kind, at a quiet moment. */
async function countResources(): Promise<Map<string, number>> {
  await sleep(20);
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function findLeaks(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind);
}
