import { describe, expect, it } from 'vitest';
import type { Waiter } from '../../src/events/entry.ts';
import { partitionIndex } from '../../src/events/partition.ts';
import type { Position } from '../../src/events/spool/spool.ts';
import type { Failure } from '../../src/protocol/failure.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { collect } from '../support/collect.ts';
import { aClock, aDelivery, aPipeline, aSink, type FakeSink, type PipelineOptions } from './support.ts';

function aSinkQueue(sink: Sink, queue: object = {}, rest: Partial<PipelineOptions> = {}, random = 0) {
  const clock = aClock(random);
  const { pipeline, seen } = aPipeline(sink, { queue, clock, ...rest });
  const push = (id: string, key = '', size = 0) =>
    pipeline.push(aDelivery(id, key, size), size, 'drop-oldest');
  return { pipeline, queue: pipeline.queue, clock, seen, push };
}

function aWaiter(settled: Waiter['settled'] = () => {}, patience = Number.POSITIVE_INFINITY): Waiter {
  return { patience, withdraws: true, settled };
}

describe('the queue of a sink', () => {
  it('retains nothing of delivered events', async () => {
    const sink = { ...aSink(), write: () => undefined };
    const { clock, pipeline, queue } = aSinkQueue(sink);
    const pushed = Array.from({ length: 5 }, (_, i) => {
      const delivery = aDelivery(`${i}`);
      pipeline.push(delivery, 0, 'drop-oldest');
      return new WeakRef(delivery);
    });
    await clock.settle();
    // A WeakRef holds on to its target until the turn is over.
    await new Promise(setImmediate);
    collect();
    expect(pushed.filter((ref) => ref.deref() !== undefined)).toEqual([]);
    expect(queue.memory.events).toBe(0);
  });
});

describe('batches', () => {
  it('are written after the turn in which their events came', async () => {
    const sink = aSink();
    const { clock, push } = aSinkQueue(sink);
    push('1');
    push('2');
    expect(sink.batches).toEqual([]);
    await clock.settle();
    expect(sink.batches).toEqual([['1', '2']]);
  });

  it('end at their number of events', async () => {
    const sink = aSink();
    const { clock, push } = aSinkQueue(sink, { batch: { maxEvents: 2 } });
    for (const id of '12345') push(id);
    await clock.settle();
    expect(sink.batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('end at their bytes, and hold at least one event', async () => {
    const sink = aSink();
    const { clock, push } = aSinkQueue(sink, { batch: { maxBytes: 1024 } });
    for (const id of '123') push(id, '', 2000);
    await clock.settle();
    expect(sink.batches).toEqual([['1'], ['2'], ['3']]);
  });

  it('linger until they are full or long enough', async () => {
    const sink = aSink();
    const { clock, push } = aSinkQueue(sink, { batch: { maxEvents: 3, linger: 100 } });
    push('1');
    await clock.pass(60);
    push('2');
    await clock.pass(39);
    expect(sink.batches).toEqual([]);
    await clock.pass(1);
    expect(sink.batches).toEqual([['1', '2']]);
    for (const id of '345') push(id);
    await clock.settle();
    expect(sink.batches.at(-1)).toEqual(['3', '4', '5']);
  });

  it('do not linger when a publisher waits for one of their events', async () => {
    const sink = aSink();
    const { clock, pipeline, push } = aSinkQueue(sink, { batch: { linger: 100 } });
    push('1');
    pipeline.push(aDelivery('2'), 0, 'refuse', aWaiter());
    await clock.settle();
    expect(sink.batches).toEqual([['1', '2']]);
  });

  it('are written one at a time for each partition, and several at a time for the sink', async () => {
    const sink = aSink('asked');
    const { clock, push } = aSinkQueue(sink, { concurrency: 2 });
    // Two keys that are known to lie apart.
    push('1', 'a');
    push('2', 'b');
    await clock.settle();
    push('3', 'a');
    await clock.settle();
    expect(sink.batches).toEqual([['1'], ['2']]);
    sink.waiting[0]?.confirm();
    await clock.settle();
    expect(sink.batches).toEqual([['1'], ['2'], ['3']]);
  });
});

describe('a full queue', () => {
  it('drops the oldest events, and never those in flight', async () => {
    const sink = aSink('asked');
    const { clock, push, queue, seen } = aSinkQueue(sink, { maxEvents: 3 });
    push('under way');
    await clock.settle();
    for (const id of '01234') push(id);
    expect(queue.memory.events).toBe(3);
    expect(seen.dropped).toEqual([1, 1, 1].map((events) => ['full', events]));
    sink.waiting[0]?.confirm();
    await clock.settle();
    expect(sink.batches).toEqual([['under way'], ['3', '4']]);
  });

  it('drops the newest events where a route says so', async () => {
    const sink = aSink('asked');
    const { clock, pipeline, seen } = aSinkQueue(sink, { maxEvents: 2 });
    for (const id of '1234') pipeline.push(aDelivery(id), 0, 'drop-newest');
    await clock.settle();
    expect(sink.batches).toEqual([['1', '2']]);
    expect(seen.dropped).toEqual([1, 1].map((events) => ['full', events]));
  });

  it('drops only events of routes that may lose their oldest', () => {
    const { pipeline, queue, push, seen } = aSinkQueue(aSink('asked'), { maxEvents: 2 });
    pipeline.push(aDelivery('kept'), 0, 'drop-newest');
    push('1');
    push('2');
    expect(pipeline.push(aDelivery('3'), 0, 'drop-newest')).toBeUndefined();
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['kept', '2']);
    expect(seen.dropped).toHaveLength(2);
  });

  it('drops as many old events as a large new one needs', () => {
    const { queue, push } = aSinkQueue(aSink('asked'), { maxBytes: 10_000 });
    for (const id of '1234') push(id, '', 2500);
    push('large', '', 6000);
    expect(queue.memory.bytes).toBeLessThanOrEqual(10_000);
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['4', 'large']);
  });

  it('drops no old event for a new one that could never fit', () => {
    const { queue, push } = aSinkQueue(aSink('asked'), { maxBytes: 10_000 });
    push('1');
    push('too large', '', 20_000);
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['1']);
  });

  it('drops events that failed and wait again before newer ones', async () => {
    const sink = aSink('asked');
    const { clock, queue, push } = aSinkQueue(sink, { maxEvents: 2 });
    push('1');
    await clock.settle();
    push('2');
    sink.waiting[0]?.fail();
    await clock.settle();
    push('3');
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['2', '3']);
  });
});

describe('a sink that fails', () => {
  it('gets the same events again, in order, before newer ones', async () => {
    let failures = 2;
    const sink = aSink(() => (failures-- > 0 ? new Error('down') : undefined));
    const { clock, push, seen } = aSinkQueue(sink);
    push('1');
    push('2');
    await clock.settle();
    push('3');
    await clock.pass(10_000);
    expect(sink.confirmed).toEqual(['1', '2', '3']);
    expect(seen).toMatchObject({ failed: 2, dropped: [], rejected: [] });
  });

  it('is tried after waits that double, up to the longest', async () => {
    const times: number[] = [];
    const sink = aSink(() => {
      times.push(clock.now());
      return new Error('down');
    });
    const { clock, push } = aSinkQueue(sink, { retry: { min: 100, max: 1000, openAfter: 1_000_000 } });
    push('1');
    await clock.pass(4000);
    expect(times).toEqual([0, 100, 300, 700, 1500, 2500, 3500]);
  });

  it('is tried a little sooner than that, at random', async () => {
    const sink = aSink('down');
    const { clock, push } = aSinkQueue(sink, { retry: { min: 100 } }, {}, 0.999);
    push('1');
    await clock.pass(51);
    expect(sink.batches).toHaveLength(2);
  });

  it('gets unconfirmed events again before anything newer of their key', async () => {
    let isFirst = true;
    const sink = aSink(() => {
      if (!isFirst) return undefined;
      isFirst = false;
      return { unconfirmed: [1, 2] };
    });
    const { clock, push, seen } = aSinkQueue(sink);
    for (const id of '123') push(id);
    await clock.settle();
    push('4');
    await clock.pass(1000);
    expect(sink.confirmed).toEqual(['1', '2', '3', '4']);
    expect(seen).toMatchObject({ failed: 0, retried: 2 });
  });

  it('gets a failed batch again in order, even in smaller batches that fail once more', async () => {
    let failures = 2;
    const sink = aSink(() => (failures-- > 0 ? new Error('down') : undefined));
    const { clock, pipeline, push } = aSinkQueue(sink);
    const ids = Array.from({ length: 10 }, (_, i) => `${i}`);
    for (const id of ids) push(id);
    await clock.settle();
    // Batches that a publisher waits for are smaller.
    pipeline.push(aDelivery('awaited'), 0, 'refuse', aWaiter());
    await clock.pass(10_000);
    expect(sink.batches.map(({ length }) => length).slice(0, 2)).toEqual([10, 4]);
    expect(sink.confirmed).toEqual([...ids, 'awaited']);
  });

  it('has failed when it confirms nothing for too long, and its signal is aborted', async () => {
    const signals: AbortSignal[] = [];
    const sink = aSink('asked');
    const { write } = sink;
    sink.write = (batch, signal) => {
      signals.push(signal);
      return write(batch, signal);
    };
    const { clock, push, seen } = aSinkQueue(sink, { retry: { timeout: 5000 } });
    push('1');
    await clock.pass(4999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.pass(1);
    expect(signals[0]?.aborted).toBe(true);
    sink.waiting[0]?.confirm();
    await clock.pass(100);
    expect([sink.batches, seen.failed]).toEqual([[['1'], ['1']], 1]);
  });

  it('loses an event after its last attempt', async () => {
    const { clock, push, seen, queue } = aSinkQueue(aSink('down'), { retry: { maxAttempts: 3 } });
    push('1');
    await clock.pass(10_000);
    expect(seen.rejected).toEqual([['1', 'given up after 3 attempts (queue.retry.maxAttempts)']]);
    expect(queue.memory.events).toBe(0);
  });
});

describe('a sink that is down', () => {
  const options = { concurrency: 4, retry: { min: 100, max: 10_000, openAfter: 3 } };
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

  it('is tried by one batch at a time, the one with the oldest event', async () => {
    let isDown = true;
    let underWay = 0;
    let most = 0;
    const sink = aSink('asked');
    sink.write = async (batch) => {
      most = Math.max(most, ++underWay);
      try {
        if (!isDown) return undefined;
        sink.batches.push(batch.map(({ id }) => id));
        throw new Error('down');
      } finally {
        underWay--;
      }
    };
    const { clock, pipeline, queue, seen, push } = aSinkQueue(sink, options);
    for (const key of keys) push(key, key);
    await clock.settle();
    expect([pipeline.circuit, most]).toEqual(['open', 1]);
    const before = sink.batches.length;
    await clock.pass(60_000);
    expect(sink.batches.length - before).toBeLessThan(12);
    expect(new Set(sink.batches.slice(before).map(([id]) => id)).size).toBe(1);
    isDown = false;
    await clock.pass(10_000);
    expect([pipeline.circuit, queue.memory.events, seen.recovered]).toEqual(['closed', 0, 1]);
  });

  it('counts as down since its first failure', async () => {
    const { clock, pipeline, push } = aSinkQueue(aSink('down'), options);
    push('1');
    await clock.pass(0);
    expect(pipeline.isHopeless(0)).toBe(false);
    await clock.pass(5000);
    expect([pipeline.isHopeless(4999), pipeline.isHopeless(5000)]).toEqual([true, false]);
  });

  it('gets events that wait for a retry at once when it is back', async () => {
    const sink = aSink('asked');
    const retry = { min: 100, openAfter: 1 };
    const { clock, seen, push } = aSinkQueue(sink, { concurrency: 2, retry });
    const [a = '', b = ''] = [0, 1].map((part) =>
      ['1', '2', '3', '4'].find((key) => partitionIndex(key, 2) === part),
    );
    push('a', a);
    push('b1', b);
    push('b2', b);
    await clock.settle();
    sink.waiting[1]?.confirm({ unconfirmed: [1] });
    await clock.settle();
    push('b3', b);
    await clock.pass(100);
    // The second time that the sink does not confirm all: b3 waits for 200 ms, until 300.
    sink.waiting[2]?.confirm({ unconfirmed: [1] });
    await clock.settle();
    sink.waiting[0]?.fail();
    await clock.pass(100);
    expect(sink.batches).toEqual([['a'], ['b1', 'b2'], ['b2', 'b3'], ['a']]);
    sink.waiting[3]?.confirm();
    await clock.settle();
    expect(clock.now()).toBe(200);
    expect([seen.recovered, sink.batches.at(-1)]).toEqual([1, ['b3']]);
  });
});

describe('an event that a sink rejects', () => {
  it('is put away with the reason, and blocks nothing', async () => {
    const sink = aSink((ids) => ({ rejected: [{ index: ids.indexOf('2'), reason: 'too large' }] }));
    const { clock, queue, push, seen } = aSinkQueue(sink);
    for (const id of '123') push(id);
    await clock.settle();
    expect(seen.rejected).toEqual([['2', 'too large']]);
    expect([sink.confirmed, queue.memory.events]).toEqual([['1', '3'], 0]);
  });

  it('leaves the spool when it is put away, and not before', async () => {
    let putAway = (): void => {};
    const away = new Promise<void>((resolve) => {
      putAway = resolve;
    });
    const sink = aSink(() => ({ rejected: [{ index: 0, reason: 'no' }] }));
    const confirmed: Position[] = [];
    const { clock, pipeline } = aSinkQueue(
      sink,
      {},
      { bury: () => away, confirm: (positions) => void confirmed.push(...positions) },
    );
    pipeline.pushSpooled([{ delivery: aDelivery('1'), position: 7 }]);
    await clock.settle();
    expect(confirmed).toEqual([]);
    putAway();
    await clock.settle();
    expect(confirmed).toEqual([7]);
  });
});

describe('an event that a publisher waits for', () => {
  const settled = () => {
    const told: (Failure | undefined)[] = [];
    return { told, tell: (failure?: Failure) => void told.push(failure) };
  };

  it('settles its publisher when the sink confirms it', async () => {
    const { told, tell } = settled();
    const sink = aSink('asked');
    const { clock, pipeline } = aSinkQueue(sink);
    pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter(tell));
    await clock.settle();
    expect(told).toEqual([]);
    sink.waiting[0]?.confirm();
    await clock.settle();
    expect(told).toEqual([undefined]);
  });

  it('fails its publisher when the sink rejects it', async () => {
    const { told, tell } = settled();
    const { clock, pipeline } = aSinkQueue(aSink(() => ({ rejected: [{ index: 0, reason: 'no' }] })));
    pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter(tell));
    await clock.settle();
    expect(told).toMatchObject([{ code: 'sink_failed' }]);
  });

  it('fails its publisher when the sink fails again and has been down for longer than the publisher waits', async () => {
    const { told, tell } = settled();
    const sink = aSink('down');
    const { clock, pipeline, queue, push } = aSinkQueue(sink, {
      retry: { min: 100, max: 1000, openAfter: 1 },
    });
    push('1');
    await clock.pass(50);
    pipeline.push(aDelivery('2'), 0, 'refuse', aWaiter(tell, 500));
    pipeline.push(aDelivery('3'), 0, 'refuse', aWaiter(tell));
    // Tried at 100, 300 and 700.
    await clock.pass(649);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect(told).toMatchObject([
      { code: 'sink_failed', message: 'the sink is down', cause: { message: 'down' } },
    ]);
    expect([queue.memory.events, queue.end().map(({ attempts }) => attempts)]).toEqual([3, [4, 3, 3]]);
  });

  it('is not dropped for newer ones, and evicts older ones that may be dropped', async () => {
    const { told, tell } = settled();
    const { pipeline, queue, push } = aSinkQueue(aSink('asked'), { maxEvents: 2 });
    push('1');
    push('2');
    pipeline.push(aDelivery('3'), 0, 'refuse', aWaiter(tell));
    pipeline.push(aDelivery('4'), 0, 'refuse', aWaiter(tell));
    expect(pipeline.push(aDelivery('5'), 0, 'refuse', aWaiter(tell))).toBeUndefined();
    push('6');
    expect([queue.end().map(({ delivery }) => delivery.id), told]).toEqual([['3', '4'], []]);
  });

  it('can be withdrawn while it waits', async () => {
    const { told, tell } = settled();
    const sink = aSink();
    const { clock, pipeline, queue, seen } = aSinkQueue(sink);
    const entry = pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter(tell));
    if (entry) queue.withdraw(entry);
    await clock.settle();
    expect([sink.batches, told, queue.memory.events, seen.dropped]).toEqual([[], [], 0, [['withdrawn', 1]]]);
  });

  it('is not retried when it was withdrawn in flight', async () => {
    const sink = aSink('asked');
    const { clock, pipeline, queue } = aSinkQueue(sink);
    const entry = pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter());
    await clock.settle();
    if (entry) queue.withdraw(entry);
    sink.waiting[0]?.fail();
    await clock.pass(60_000);
    expect([sink.batches, queue.memory.events]).toEqual([[['1']], 0]);
  });

  it('stays when its publisher stops waiting, and may be dropped', async () => {
    const { pipeline, queue, push } = aSinkQueue(aSink('asked'), { maxEvents: 1 });
    const entry = pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter());
    if (entry) queue.stopWaiting(entry);
    push('2');
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['2']);
  });
});

describe('deliveries from the spool', () => {
  const spooled = (...ids: string[]) => ids.map((id, i) => ({ delivery: aDelivery(id), position: i }));

  it('leave the spool when the sink has confirmed them', async () => {
    const confirmed: Position[] = [];
    const sink = aSink(() => ({ unconfirmed: [1] }));
    const { clock, pipeline } = aSinkQueue(
      sink,
      {},
      { confirm: (positions) => void confirmed.push(...positions) },
    );
    pipeline.pushSpooled(spooled('1', '2'));
    await clock.settle();
    expect(confirmed).toEqual([0]);
  });

  it('have their own share of memory: pushed events neither drop them nor keep them out', () => {
    const { pipeline, queue, push } = aSinkQueue(aSink('asked'), { maxEvents: 8 }, { confirm: () => {} });
    pipeline.pushSpooled(spooled('1', '2'));
    expect(queue.memory.room.events).toBe(0);
    for (const id of 'abcdefgh') push(id);
    expect(queue.memory.events).toBe(8);
    expect(
      queue
        .end()
        .map(({ delivery }) => delivery.id)
        .slice(0, 2),
    ).toEqual(['1', '2']);
  });
});

describe('the end of a queue', () => {
  it('returns unconfirmed events, oldest first, those in flight included', async () => {
    const sink = aSink('asked');
    const { clock, queue, push } = aSinkQueue(sink, { concurrency: 4, batch: { maxEvents: 1 } });
    for (const id of '1234') push(id, id);
    await clock.settle();
    for (const id of '56') push(id, id);
    expect(queue.end().map(({ delivery }) => delivery.id)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('still counts late confirmations: the spool does not deliver these events again', async () => {
    const sink = aSink('asked');
    const confirmed: Position[] = [];
    const confirm = (positions: readonly Position[]) => void confirmed.push(...positions);
    const { clock, pipeline, queue } = aSinkQueue(sink, {}, { confirm });
    pipeline.pushSpooled(['1', '2', '3'].map((id, position) => ({ delivery: aDelivery(id), position })));
    await clock.settle();
    queue.end();
    sink.waiting[0]?.confirm({ unconfirmed: [1] });
    await clock.settle();
    expect(confirmed).toEqual([0, 2]);
  });

  it('drops later events, and counts them', async () => {
    const sink = aSink();
    const { clock, queue, push, seen } = aSinkQueue(sink);
    queue.end();
    push('1');
    await clock.settle();
    expect([sink.batches, seen.dropped]).toEqual([[], [['closed', 1]]]);
  });

  it('comes at once for an empty queue, and does not wait for batches that linger', async () => {
    const sink = aSink();
    const { clock, pipeline, push } = aSinkQueue(sink, { batch: { linger: 10_000 } });
    await pipeline.drain();
    push('1');
    const idle = pipeline.drain();
    await clock.settle();
    await idle;
    expect(sink.confirmed).toEqual(['1']);
  });
});

describe('an event that its publisher was told is not stored', () => {
  /** A sink that asks, before each event, whether it is wanted, when the test says so. */
  function anAskingSink() {
    const waiting: (() => void)[] = [];
    const sent: string[] = [];
    const sink: Sink = {
      name: 'asking',
      write: (batch, _signal, isWanted) =>
        new Promise<undefined>((resolve) =>
          waiting.push(() => {
            for (const delivery of batch) if (isWanted?.(delivery)) sent.push(delivery.id);
            resolve(undefined);
          }),
        ),
      close: async () => {},
    };
    return { sink: sink as FakeSink, sent, go: () => waiting.shift()?.() };
  }

  it('is left out of a batch in flight that has not sent it yet', async () => {
    const { sink, sent, go } = anAskingSink();
    const { clock, pipeline, queue, seen } = aSinkQueue(sink);
    const entries = ['1', '2', '3'].map((id) => pipeline.push(aDelivery(id), 0, 'refuse', aWaiter()));
    await clock.settle();
    if (entries[1]) queue.withdraw(entries[1]);
    go();
    await clock.settle();
    expect([sent, seen.dropped, queue.memory.events, seen.failed]).toEqual([
      ['1', '3'],
      [['withdrawn', 1]],
      0,
      0,
    ]);
  });

  it('is not a failure of the sink, even if nothing of the batch is left', async () => {
    const { sink, sent, go } = anAskingSink();
    const { clock, pipeline, queue, seen } = aSinkQueue(sink);
    const entry = pipeline.push(aDelivery('1'), 0, 'refuse', aWaiter());
    await clock.settle();
    if (entry) queue.withdraw(entry);
    go();
    await clock.settle();
    expect([sent, queue.memory.events, pipeline.circuit, seen.failed, seen.retried]).toEqual([
      [],
      0,
      'closed',
      0,
      0,
    ]);
  });
});
