/** The system behind the sink goes down and comes back, and no event is lost. */
import { strict as assert } from 'node:assert';
import type { Sink } from '../sink.ts';
import { assertReceived } from './compare.ts';
import { deliver, hasConfirmedNothing, settled, writeOnce } from './deliver.ts';
import { makeDeliveries } from './deliveries.ts';
import type { BrokenSink, ContractCase, SinkServer, SinkSubject } from './subject.ts';
import { patienceOf, withSink } from './world.ts';

/** Timeout of one batch while the system is down, in milliseconds: short, for the test. */
const TIMEOUT = 2000;

export function failureCases(subject: SinkSubject): ContractCase[] {
  const { server, broken = [] } = subject;
  return [
    ...broken.map((one) => brokenCase(subject, one)),
    ...(server === undefined ? [] : serverCases(subject, server)),
  ];
}

function serverCases(subject: SinkSubject, server: SinkServer): ContractCase[] {
  return [
    withSink(subject, 'loses nothing when the system is stopped and started again', (sink, patience) =>
      survive(subject, sink, patience, async (half) => {
        await half;
        await server.stop();
        await server.start();
      }),
    ),
    withSink(subject, 'loses nothing when the system is killed in the midst of a batch', (sink, patience) =>
      survive(subject, sink, patience, async () => {
        await server.kill();
        await server.start();
      }),
    ),
    withSink(subject, 'loses nothing when the system is killed again and again', (sink, patience) =>
      survive(subject, sink, patience, async (half) => {
        await server.kill();
        await server.start();
        await half;
        await server.kill();
        await server.start();
      }),
    ),
    downCase(subject, server),
    downAtStartCase(subject, server),
    abortCase(subject, server),
  ];
}

/**
 * Writes from four sides while `disturb` runs.
 *
 * @param disturb gets a promise that resolves when half of everything is confirmed.
 */
async function survive(
  subject: SinkSubject,
  sink: Sink,
  patience: number,
  disturb: (half: Promise<void>) => Promise<void>,
): Promise<void> {
  const sets = ['a', 'b', 'c', 'd'].map((name) =>
    makeDeliveries(150, [`${name}-1`, `${name}-2`, `${name}-3`]),
  );
  let batches = 0;
  let tellFirst = doNothing;
  let tellHalf = doNothing;
  const first = new Promise<void>((resolve) => {
    tellFirst = resolve;
  });
  const half = new Promise<void>((resolve) => {
    tellHalf = resolve;
  });
  const wrote = () => {
    batches++;
    tellFirst();
    if (batches >= 30) tellHalf();
  };
  const options = { patience: patience * 2, batch: 10, timeout: TIMEOUT, wrote };
  const disturbed = first.then(() => disturb(half));
  // A failed half would otherwise keep the other running into the next case.
  const results = await Promise.allSettled([
    disturbed,
    ...sets.map((set) => deliver(sink, set, options).finally(tellHalf)),
  ]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  await assertReceived(subject, sets.flat(), true);
}

function downCase(subject: SinkSubject, server: SinkServer): ContractCase {
  const title =
    'confirms nothing while the system is down, says so when asked, and continues when it is back';
  return withSink(subject, title, async (sink, patience) => {
    const before = makeDeliveries(5, ['a']);
    await deliver(sink, before, { patience });
    await server.stop();
    const meanwhile = makeDeliveries(5, ['a', 'b']);
    try {
      await expectDown(sink, patience);
      const written = await writeOnce(sink, meanwhile, TIMEOUT, patience);
      assert.ok(hasConfirmedNothing(written, meanwhile.length), 'the sink confirms what nobody received');
    } finally {
      await server.start();
    }
    await deliver(sink, meanwhile, { patience });
    await settled('check()', sink.check?.(), patience);
    await assertReceived(subject, [...before, ...meanwhile], true);
  });
}

function downAtStartCase(subject: SinkSubject, server: SinkServer): ContractCase {
  return {
    title: 'is opened while the system is down, and delivers when it is there',
    async run() {
      const patience = patienceOf(subject);
      await server.stop();
      let sink: Sink | undefined;
      const deliveries = makeDeliveries(5, ['a']);
      try {
        sink = await settled('open()', subject.open(), patience);
        await expectDown(sink, patience);
        await writeOnce(sink, deliveries, TIMEOUT, patience);
      } finally {
        await server.start();
      }
      await deliver(sink, deliveries, { patience });
      await settled('close()', sink.close(), patience);
      await assertReceived(subject, deliveries, true);
    },
  };
}

function abortCase(subject: SinkSubject, server: SinkServer): ContractCase {
  return {
    title: 'is closed while the system is down and a batch is under way',
    async run() {
      const patience = patienceOf(subject);
      const sink = await subject.open();
      await deliver(sink, makeDeliveries(1, ['a']), { patience });
      await server.stop();
      try {
        const writing = writeOnce(sink, makeDeliveries(5, ['a']), TIMEOUT, patience);
        await settled('close()', sink.close(), patience);
        await writing;
      } finally {
        await server.start();
      }
    },
  };
}

async function expectDown(sink: Sink, patience: number): Promise<void> {
  if (sink.check === undefined) return;
  const error = await settled('check()', errorOf(sink.check()), patience);
  assert.ok(error instanceof Error, 'check() finds a system that is down');
  assert.match(error.message, /\S/);
}

function brokenCase({ patience = 30_000 }: SinkSubject, broken: BrokenSink): ContractCase {
  return {
    title: `confirms nothing and says what is wrong when ${broken.title}`,
    async run() {
      const sink = await broken.open();
      try {
        const error = await settled('check()', errorOf(sink.check?.()), patience);
        assert.ok(error instanceof Error, 'check() finds nothing wrong');
        assert.match(error.message, broken.says);
        const batch = makeDeliveries(3, ['a', 'b']);
        const written = await writeOnce(sink, batch, TIMEOUT, patience);
        assert.ok(hasConfirmedNothing(written, batch.length), 'the sink confirms what nobody received');
        const said = `${error.message} ${'error' in written ? written.error : ''}`;
        for (const secret of broken.secrets ?? [])
          assert.ok(!said.includes(secret), 'the sink reveals a secret');
      } finally {
        await sink.close();
      }
    },
  };
}

async function errorOf(work: Promise<void> | undefined): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

function doNothing(): void {}
