import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createOutbox, type OutboxOptions } from '../../src/events/outbox.ts';
import type { StampedEvent } from '../../src/schema/event.ts';
import type { Sink } from '../../src/sinks/sink.ts';

function anEvent(id: string | number, payload = 0): StampedEvent {
  const data = { payload: new Uint8Array(payload) };
  return { id: String(id), source: 'emqx:///n', type: 'emqx.message.publish', time: 0, data };
}

interface FakeSink extends Sink {
  readonly batches: string[][];
  readonly ids: string[];
  /** Lets the batch under way end, with an error if one is given. */
  settle(error?: Error): void;
  isClosed: boolean;
}

function aSink(kind: 'fast' | 'slow' | 'throwing' = 'fast', name = 'fake'): FakeSink {
  const batches: string[][] = [];
  let settle: (error?: Error) => void = () => {};
  return {
    name,
    batches,
    isClosed: false,
    get ids() {
      return batches.flat();
    },
    settle: (error) => settle(error),
    write(batch) {
      batches.push(batch.map(({ id }) => id));
      if (kind === 'throwing') throw new Error('broken');
      if (kind === 'fast') return;
      return new Promise<void>((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error));
      });
    },
    async close() {
      this.isClosed = true;
    },
  };
}

function anOutbox(options: Partial<OutboxOptions> & Pick<OutboxOptions, 'sinks'>) {
  const lines: { level: string; code: string; events: number; sink: string }[] = [];
  const write = (level: string) => (fields: { code: string; events: number; sink: string }) =>
    void lines.push({ level, ...fields });
  const log = { warn: write('warn'), error: write('error') } as unknown as OutboxOptions['log'];
  return { lines, outbox: createOutbox({ log, rateLimit: (_, line) => line(1), ...options }) };
}

describe('pushing', () => {
  it('gives the sink nothing before the turn of the event loop is over', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    outbox.push(anEvent(2));
    await Promise.resolve();
    expect(sink.batches).toEqual([]);
    await nextTurn();
    expect(sink.batches).toEqual([['1', '2']]);
  });

  it('gives every sink every event, in order', async () => {
    const sinks = [aSink(), aSink()];
    const { outbox } = anOutbox({ sinks });
    const ids = Array.from({ length: 3000 }, (_, i) => String(i));
    for (const id of ids) outbox.push(anEvent(id));
    expect(await outbox.flush(10_000)).toBe(0);
    expect(sinks.map((sink) => sink.ids)).toEqual([ids, ids]);
  });

  it('hands over small batches, so that calls are answered in between', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink] });
    for (let i = 0; i < 2000; i++) outbox.push(anEvent(i));
    await outbox.flush(10_000);
    expect(Math.max(...sink.batches.map((batch) => batch.length))).toBeLessThanOrEqual(512);
  });

  it('hands over large events alone', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink] });
    for (let i = 0; i < 3; i++) outbox.push(anEvent(i, 2 ** 20));
    await outbox.flush(10_000);
    expect(sink.batches).toEqual([['0'], ['1'], ['2']]);
  });

  it('is nothing to do when there is no sink', async () => {
    const { outbox } = anOutbox({ sinks: [] });
    outbox.push(anEvent(1));
    expect(outbox.stats).toEqual({ queued: 0, queuedBytes: 0, dropped: 0, failed: 0 });
    expect(await outbox.close(1000)).toBe(0);
  });

  it('never throws, even when reading the data does', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink] });
    const data = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    outbox.push({ ...anEvent(1), data });
    await outbox.flush(10_000);
    expect(sink.ids).toEqual(['1']);
  });
});

describe('a slow sink', () => {
  it('gets the next batch when it has taken the last', async () => {
    const sink = aSink('slow');
    const { outbox } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    await nextTurn();
    outbox.push(anEvent(2));
    outbox.push(anEvent(3));
    await nextTurn();
    expect(sink.batches).toEqual([['1']]);
    sink.settle();
    await nextTurn();
    await nextTurn();
    expect(sink.batches).toEqual([['1'], ['2', '3']]);
  });

  it('does not hold up another', async () => {
    const [slow, fast] = [aSink('slow'), aSink()];
    const { outbox } = anOutbox({ sinks: [slow, fast] });
    for (let i = 0; i < 3; i++) {
      outbox.push(anEvent(i));
      await nextTurn();
    }
    expect([slow.ids, fast.ids]).toEqual([['0'], ['0', '1', '2']]);
  });

  it('costs its oldest events when too many wait, and says how many', async () => {
    const sink = aSink('slow');
    const { outbox, lines } = anOutbox({ sinks: [sink], maxEvents: 3 });
    outbox.push(anEvent('under way'));
    await nextTurn();
    for (let i = 0; i < 5; i++) outbox.push(anEvent(i));
    expect(outbox.stats).toMatchObject({ queued: 3, dropped: 3 });
    expect(outbox.sinks).toMatchObject([{ sink: 'fake', queued: 3, dropped: 3, failed: 0 }]);
    sink.settle();
    await nextTurn();
    await nextTurn();
    expect(sink.batches).toEqual([['under way'], ['3', '4']]);
    expect(lines).toMatchObject(
      [1, 1, 1].map((events) => ({ level: 'warn', code: 'sink_full', sink: 'fake', events })),
    );
  });

  it('costs as many old events as a large new one needs', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink], maxBytes: 10_000 });
    for (let i = 0; i < 4; i++) outbox.push(anEvent(i, 2000));
    outbox.push(anEvent('large', 6000));
    expect(outbox.stats.queuedBytes).toBeLessThanOrEqual(10_000);
    await outbox.flush(10_000);
    expect(sink.ids).toEqual(['3', 'large']);
    expect(outbox.stats).toEqual({ queued: 0, queuedBytes: 0, dropped: 3, failed: 0 });
  });

  it('costs nothing old when the new event could never fit', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink], maxBytes: 10_000 });
    outbox.push(anEvent(1));
    outbox.push(anEvent('too large', 20_000));
    await outbox.flush(10_000);
    expect([sink.ids, outbox.stats.dropped]).toEqual([['1'], 1]);
  });

  it('costs the new event when what is under way fills the queue', async () => {
    const sink = aSink('slow');
    const { outbox } = anOutbox({ sinks: [sink], maxEvents: 1 });
    outbox.push(anEvent(1));
    await nextTurn();
    outbox.push(anEvent(2));
    expect(outbox.stats).toMatchObject({ queued: 1, dropped: 1 });
  });

  it('is reported in few lines that add up', () => {
    const held: ((times: number) => void)[] = [];
    const { outbox, lines } = anOutbox({
      sinks: [aSink('slow')],
      maxEvents: 1,
      rateLimit: (_, line) => void held.push(line),
    });
    for (let i = 0; i < 101; i++) outbox.push(anEvent(i));
    expect(lines).toEqual([]);
    held.at(-1)?.(100);
    expect(lines).toMatchObject([{ code: 'sink_full', events: 100 }]);
  });
});

describe('a sink that fails', () => {
  it.each(['throws', 'rejects'])('and %s costs its batch, is logged, and gets the next one', async (how) => {
    const sink = aSink(how === 'throws' ? 'throwing' : 'slow');
    const { outbox, lines } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    await nextTurn();
    sink.settle(new Error('broken'));
    outbox.push(anEvent(2));
    await nextTurn();
    await nextTurn();
    expect(sink.batches).toEqual([['1'], ['2']]);
    expect(outbox.stats.failed).toBeGreaterThanOrEqual(1);
    expect(outbox.sinks).toMatchObject([{ sink: 'fake', failed: outbox.stats.failed }]);
    expect(lines[0]).toMatchObject({ level: 'error', code: 'sink_failed', sink: 'fake', events: 1 });
  });
});

describe('flushing', () => {
  it('waits for what is under way', async () => {
    const sink = aSink('slow');
    const { outbox } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    await nextTurn();
    const flushed = outbox.flush(10_000);
    sink.settle();
    expect(await flushed).toBe(0);
  });

  it('gives up when the time is over, and says what is left', async () => {
    const { outbox } = anOutbox({ sinks: [aSink('slow')] });
    outbox.push(anEvent(1));
    outbox.push(anEvent(2));
    expect(await outbox.flush(1)).toBe(2);
  });
});

describe('closing', () => {
  it('flushes, closes the sinks, and drops what comes later', async () => {
    const sink = aSink();
    const { outbox } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    expect(await outbox.close(10_000)).toBe(0);
    outbox.push(anEvent(2));
    expect([sink.ids, sink.isClosed, outbox.stats.dropped]).toEqual([['1'], true, 1]);
  });

  it('ends in time when a sink neither takes events nor closes', async () => {
    const sink = { ...aSink('slow'), close: () => new Promise<void>(() => {}) };
    const { outbox } = anOutbox({ sinks: [sink] });
    outbox.push(anEvent(1));
    expect(await outbox.close(1)).toBe(1);
  });

  it('logs a sink that does not close', async () => {
    const sink = { ...aSink(), close: () => Promise.reject(new Error('broken')) };
    const { outbox, lines } = anOutbox({ sinks: [sink] });
    await outbox.close(10_000);
    expect(lines).toMatchObject([{ level: 'error', code: 'sink_failed' }]);
  });
});
