import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenedSink } from '../../src/events/opened-sink.ts';
import { createOutbox, type Outbox, type OutboxOptions } from '../../src/events/outbox.ts';
import { aSpool } from './fake-spool.ts';
import { aDelivery, aSink, opened } from './support.ts';

function anOutbox(sinks: readonly OpenedSink[], rest: Partial<OutboxOptions> = {}) {
  const lines: { level: string; text: string; code?: string; events?: number; sink?: string }[] = [];
  const write = (level: string) => (fields: object, text: string) =>
    void lines.push({ level, text, ...fields });
  const log = {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  } as unknown as OutboxOptions['log'];
  const outbox = createOutbox({ sinks, log, rateLimit: (_, line) => line(1), date: () => 0, ...rest });
  return { lines, outbox };
}

function push(outbox: Outbox, id: string, key = ''): void {
  for (const pipeline of outbox.pipelines) pipeline.push(aDelivery(id, key), 0, 'drop-oldest');
}

const quick = { retry: { min: 1, max: 5 } };

describe('every sink', () => {
  it('gets every event pushed to it, in order, whatever other sinks do', async () => {
    const sinks = [aSink('fast', 'a'), aSink('asked', 'b')] as const;
    const { outbox } = anOutbox(sinks.map((sink) => opened(sink)));
    for (let i = 0; i < 2000; i++) push(outbox, `${i}`);
    await expect.poll(() => outbox.stats.queued).toBe(2000);
    expect(sinks[0].confirmed).toEqual(Array.from({ length: 2000 }, (_, i) => `${i}`));
    expect(sinks[1].batches).toHaveLength(1);
  });

  it('has its own statistics', async () => {
    const { outbox } = anOutbox([opened(aSink('fast', 'a')), opened(aSink('asked', 'b'), { maxEvents: 1 })]);
    push(outbox, '1');
    push(outbox, '2');
    await expect.poll(() => outbox.sinks[0]?.delivered).toBe(2);
    expect(outbox.sinks).toMatchObject([
      { sink: 'a', queued: 0, delivered: 2, dropped: 0, batches: 1, circuit: 'closed' },
      { sink: 'b', queued: 1, delivered: 0, dropped: 1, droppedBy: { full: 1 }, spooled: 0 },
    ]);
    expect(outbox.stats).toMatchObject({ queued: 1, dropped: 1, failed: 0 });
  });

  it('that fails is logged with its name, and so is its recovery', async () => {
    let failures = 4;
    const sink = aSink(() => (failures-- > 0 ? new Error('down') : undefined));
    const { outbox, lines } = anOutbox([opened(sink, quick)]);
    push(outbox, '1');
    expect(await outbox.flush(10_000)).toBe(0);
    expect(lines[0]).toMatchObject({ level: 'error', code: 'sink_failed', sink: 'fake', events: 1 });
    expect(lines.at(-1)).toMatchObject({ level: 'info', text: 'the sink takes events again' });
  });

  it('whose queue is full is logged in a few lines whose counts add up', () => {
    const held: ((times: number) => void)[] = [];
    const { outbox, lines } = anOutbox([opened(aSink('asked'), { maxEvents: 1 })], {
      rateLimit: (_, line) => void held.push(line),
    });
    for (let i = 0; i < 101; i++) push(outbox, `${i}`);
    expect(lines).toEqual([]);
    held.at(-1)?.(100);
    expect(lines).toMatchObject([{ level: 'warn', code: 'sink_full', events: 100 }]);
  });
});

describe('dead letters', () => {
  const refusing = () =>
    aSink((ids) => ({ rejected: ids.map((_, index) => ({ index, reason: 'too large' })) }));

  it('are counted and logged when deadLetter is not set', async () => {
    const { outbox, lines } = anOutbox([opened(refusing())]);
    push(outbox, '1');
    await outbox.flush(10_000);
    expect(outbox.stats).toMatchObject({ failed: 1, queued: 0 });
    expect(lines).toMatchObject([{ level: 'error', reason: 'too large', events: 1 }]);
  });

  it('go to another sink, with the name of the first sink and the reason', async () => {
    const [sink, other] = [refusing(), aSink('fast', 'other')];
    const { outbox } = anOutbox([opened(sink, {}, { deadLetter: 'other' }), opened(other)]);
    const body = new TextEncoder().encode('{"id":"1"}');
    outbox.pipelines[0]?.push({ ...aDelivery('1', 'k'), body }, 0, 'drop-oldest');
    await outbox.flush(10_000);
    expect(other.deliveries).toMatchObject([
      {
        id: '1',
        key: 'k',
        attributes: { id: '1', deadlettersink: 'fake', deadletterreason: 'too large' },
      },
    ]);
    expect(JSON.parse(Buffer.from(other.deliveries[0]?.body ?? []).toString())).toEqual({
      id: '1',
      deadlettersink: 'fake',
      deadletterreason: 'too large',
    });
  });

  it('go into a file, one line each, with everything needed to send them again', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'exhook-')), 'dead.jsonl');
    const { outbox } = anOutbox([opened(refusing(), { batch: { maxEvents: 1 } }, { deadLetter: { file } })]);
    for (const id of ['1', '2', '3']) push(outbox, id, 'k');
    outbox.pipelines[0]?.push({ ...aDelivery('bytes'), body: new Uint8Array([255]) }, 0, 'drop-oldest');
    await outbox.flush(10_000);
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(['1', '2', '3', 'bytes']);
    expect(lines[0]).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      sink: 'fake',
      reason: 'too large',
      id: '1',
      key: 'k',
      format: 'structured',
      contentType: 'application/cloudevents+json',
      attributes: { id: '1' },
      body: '',
      bodyEncoding: 'utf8',
    });
    expect(lines[3]).toMatchObject({ body: '/w==', bodyEncoding: 'base64' });
  });

  it('that cannot be written are counted as lost, and block nothing', async () => {
    const { outbox, lines } = anOutbox([opened(refusing(), {}, { deadLetter: { file: '/nowhere/dead' } })]);
    push(outbox, '1');
    expect(await outbox.flush(10_000)).toBe(0);
    expect(outbox.sinks).toMatchObject([{ dropped: 1, droppedBy: { dead_letter: 1 }, failed: 1 }]);
    expect(lines.at(-1)).toMatchObject({ level: 'error', code: 'sink_failed' });
  });
});

describe('a spool', () => {
  it('gives its entries to the sink, and removes those that the sink has confirmed', async () => {
    const spool = aSpool();
    await spool.sinkLog('fake').append([aDelivery('1'), aDelivery('2')], { claim: false });
    const sink = aSink();
    const { outbox } = anOutbox([opened(sink)], { spool });
    await expect.poll(() => [sink.confirmed, spool.sinkLog('fake').size]).toEqual([['1', '2'], 0]);
    expect(outbox.sinks).toMatchObject([{ delivered: 2, spooled: 0 }]);
  });

  it('keeps its entries while the sink is down', async () => {
    const spool = aSpool();
    await spool.sinkLog('fake').append([aDelivery('1')], { claim: false });
    const sink = aSink('down');
    const { outbox } = anOutbox([opened(sink, quick)], { spool });
    await expect.poll(() => sink.batches.length).toBeGreaterThan(1);
    await outbox.close(100);
    expect(spool.idsOf('fake')).toEqual({ free: ['1'], claimed: [] });
  });

  it('is a queue of which a window is in memory', async () => {
    const spool = aSpool();
    const sink = aSink('asked');
    const { outbox } = anOutbox([opened(sink, { maxEvents: 40, batch: { maxEvents: 5 } })], { spool });
    const port = outbox.pipelines[0];
    const ids = Array.from({ length: 100 }, (_, i) => `${i}`);
    await Promise.all(ids.map((id) => port?.spool?.append(aDelivery(id))));
    await expect.poll(() => [port?.queue.memory.events, spool.sinkLog('fake').size]).toEqual([10, 100]);
    // Batch after batch, each looked for by a poll: it may take more polls than the default has time for.
    await expect
      .poll(
        () => {
          for (const batch of sink.waiting.splice(0)) batch.confirm();
          return sink.confirmed.length;
        },
        { interval: 5, timeout: 20_000 },
      )
      .toBe(100);
    expect(sink.confirmed).toEqual(ids);
    await expect.poll(() => spool.sinkLog('fake').size).toBe(0);
  });

  it('is read again after a read has failed', async () => {
    const spool = aSpool();
    await spool.sinkLog('fake').append([aDelivery('1')], { claim: false });
    spool.fail(new Error('disk'));
    const sink = aSink();
    const { lines } = anOutbox([opened(sink)], { spool });
    await expect.poll(() => lines[0]?.text).toBe('the spool could not be read or written');
    spool.fail(undefined);
    await expect.poll(() => sink.confirmed, { timeout: 5000 }).toEqual(['1']);
  });
});

describe('flushing', () => {
  it('waits for events in flight, and for dead letters', async () => {
    const [sink, other] = [
      aSink((ids) => ({ rejected: ids.map((_, index) => ({ index, reason: 'no' })) })),
      aSink('fast', 'other'),
    ];
    const { outbox } = anOutbox([opened(other), opened(sink, {}, { deadLetter: 'other' })]);
    outbox.pipelines[1]?.push(aDelivery('1'), 0, 'drop-oldest');
    expect(await outbox.flush(10_000)).toBe(0);
    expect(other.confirmed).toEqual(['1']);
  });

  it('gives up when the time is over, and returns the number of events left', async () => {
    const { outbox } = anOutbox([opened(aSink('asked'))]);
    push(outbox, '1');
    push(outbox, '2');
    expect(await outbox.flush(1)).toBe(2);
  });
});

describe('closing', () => {
  it('delivers events, closes the sinks, and drops later events', async () => {
    const sink = aSink();
    const { outbox } = anOutbox([opened(sink)]);
    push(outbox, '1');
    expect(await outbox.close(10_000)).toEqual({ lost: 0, spooled: 0 });
    push(outbox, '2');
    expect([sink.confirmed, sink.isClosed, outbox.stats.dropped]).toEqual([['1'], true, 1]);
  });

  it('ends in time when a sink neither takes events nor closes, and reports the loss', async () => {
    const sink = { ...aSink('asked'), close: () => new Promise<void>(() => {}) };
    const { outbox } = anOutbox([opened(sink)]);
    push(outbox, '1');
    expect(await outbox.close(10)).toEqual({ lost: 1, spooled: 0 });
  });

  it('spools undelivered events in order', async () => {
    const spool = aSpool();
    const { outbox } = anOutbox([opened(aSink('asked'), { batch: { maxEvents: 2 } })], { spool });
    for (const id of '12345') push(outbox, id);
    expect(await outbox.close(50)).toEqual({ lost: 0, spooled: 5 });
    expect(spool.idsOf('fake').free).toEqual(['1', '2', '3', '4', '5']);
  });

  it('reports the loss when the spool fails', async () => {
    const spool = aSpool();
    spool.fail(new Error('disk full'));
    const { outbox } = anOutbox([opened(aSink('asked'))], { spool });
    push(outbox, '1');
    expect(await outbox.close(50)).toEqual({ lost: 1, spooled: 0 });
  });

  it('logs a sink that does not close', async () => {
    const sink = { ...aSink(), close: () => Promise.reject(new Error('broken')) };
    const { outbox, lines } = anOutbox([opened(sink)]);
    await outbox.close(10_000);
    expect(lines).toMatchObject([{ level: 'error', code: 'sink_failed' }]);
  });
});
