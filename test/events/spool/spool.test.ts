import { describe, expect, it } from 'vitest';
import { ALL, aDelivery, aSpool, deliveries, idsOf, positionsOf } from './support.ts';

describe('the log of a sink in the spool', () => {
  it('returns the appended entries in order and unchanged', async () => {
    const spool = await aSpool();
    const log = spool.sinkLog('history');
    const appended = [
      aDelivery('1', 'a', { target: 'plant/1', format: 'raw', contentType: 'text/plain' }),
      aDelivery('2', '', { attributes: {}, body: new Uint8Array() }),
    ];
    await log.append(appended, { claim: false });
    const taken = await log.claimNext(...ALL);
    expect(taken.map(({ delivery }) => ({ ...delivery, body: Buffer.from(delivery.body) }))).toStrictEqual(
      appended.map((delivery) => ({
        ...delivery,
        target: delivery.target,
        body: Buffer.from(delivery.body),
      })),
    );
  });

  it('claims the entries that this process appends, unless disabled', async () => {
    const log = (await aSpool()).sinkLog('history');
    await log.append(deliveries('mine', 2));
    await log.append(deliveries('free', 2), { claim: false });
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['free1', 'free2']);
    expect(await log.claimNext(...ALL)).toStrictEqual([]);
  });

  it.each([
    ['before the commit', 0],
    ['while it is committed', 1],
  ])('stores nothing that is not wanted any more %s', async (_, wantedTimes) => {
    const log = (await aSpool()).sinkLog('history');
    let asked = 0;
    const isWanted = () => asked++ < wantedTimes;
    expect(await log.append(deliveries('a', 2), { claim: false, isWanted })).toStrictEqual([]);
    expect(asked).toBeGreaterThan(wantedTimes);
    expect(log.size).toBe(0);
    expect(await log.claimNext(...ALL)).toStrictEqual([]);
  });

  it('offers released entries again, before newer ones', async () => {
    const log = (await aSpool()).sinkLog('history');
    const [first = 0, , third = 0] = await log.append(deliveries('a', 4));
    await log.release([third, first]);
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['a1', 'a3']);
    await log.release([first, third]);
    expect(idsOf(await log.claimNext(1, 2 ** 20))).toStrictEqual(['a1']);
  });

  it('does not release entries that this process never claimed', async () => {
    const log = (await aSpool()).sinkLog('history');
    await log.release([1, 2, 3]);
    expect(await log.claimNext(...ALL)).toStrictEqual([]);
  });

  it('removes confirmed entries once', async () => {
    const log = (await aSpool()).sinkLog('history');
    const positions = await log.append(deliveries('a', 3));
    expect(log.size).toBe(3);
    await log.confirm(positions.slice(0, 2));
    await log.confirm(positions.slice(0, 2));
    await log.confirm([999]);
    expect(log.size).toBe(1);
    await log.confirm(positions);
    expect(log.size).toBe(0);
    expect(log.bytes).toBe(0);
  });

  it('claims entries up to the limits, but at least one', async () => {
    const log = (await aSpool()).sinkLog('history');
    await log.append(deliveries('a', 10), { claim: false });
    expect(idsOf(await log.claimNext(3, 2 ** 20))).toStrictEqual(['a1', 'a2', 'a3']);
    expect(idsOf(await log.claimNext(100, 1))).toStrictEqual(['a4']);
    expect(await log.claimNext(0, 2 ** 20)).toStrictEqual([]);
    expect(await log.claimNext(100, 2 ** 20)).toHaveLength(6);
  });

  it('is separate from the logs of other sinks, even of a sink whose name begins alike', async () => {
    const spool = await aSpool();
    await spool.sinkLog('a').append(deliveries('a', 2), { claim: false });
    await spool.sinkLog('ab').append(deliveries('ab', 1), { claim: false });
    expect(idsOf(await spool.sinkLog('ab').claimNext(...ALL))).toStrictEqual(['ab1']);
    expect(idsOf(await spool.sinkLog('a').claimNext(...ALL))).toStrictEqual(['a1', 'a2']);
    expect(spool.sinkLog('a')).toBe(spool.sinkLog('a'));
  });

  it('accepts an empty list without a commit', async () => {
    const log = (await aSpool()).sinkLog('history');
    expect(await log.append([])).toStrictEqual([]);
    await log.confirm([]);
    await log.release([]);
    expect(log.size).toBe(0);
  });

  it('stores concurrent appends in the order of their calls', async () => {
    const log = (await aSpool()).sinkLog('history');
    const appended = deliveries('a', 2000);
    await Promise.all(appended.map((delivery) => log.append([delivery], { claim: false })));
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(appended.map(({ id }) => id));
  });
});

describe('the size of the spool', () => {
  it('is limited over all logs, and an append that does not fit is refused as a whole', async () => {
    const spool = await aSpool({ maxBytes: 2 ** 20 });
    const big = aDelivery('big', 'client', { body: new Uint8Array(300_000) });
    const [a, b] = [spool.sinkLog('a'), spool.sinkLog('b')];
    await a.append([big, big]);
    await expect(b.append([big, big])).rejects.toMatchObject({ code: 'sink_full' });
    expect(b.size).toBe(0);
    await b.append([big]);
    await expect(a.append([big])).rejects.toMatchObject({ code: 'sink_full' });
    await a.confirm([1]);
    await a.append([big]);
    expect(a.bytes + b.bytes).toBeLessThanOrEqual(2 ** 20);
  });

  it('is exact to the byte', async () => {
    const probe = (await aSpool()).sinkLog('a');
    await probe.append([aDelivery('1')]);
    const room = probe.bytes * 3;
    const log = (await aSpool({ maxBytes: room })).sinkLog('a');
    await log.append(deliveries('', 3));
    expect(log.bytes).toBe(room);
    await expect(log.append([aDelivery('4')])).rejects.toMatchObject({ code: 'sink_full' });
  });

  it('lets the other appends of a commit succeed when one is refused', async () => {
    const log = (await aSpool({ maxBytes: 2 ** 20 })).sinkLog('a');
    const huge = aDelivery('huge', 'client', { body: new Uint8Array(2 ** 20) });
    const results = await Promise.allSettled([
      log.append([aDelivery('1')]),
      log.append([huge]),
      log.append([aDelivery('2')]),
    ]);
    expect(results.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log.size).toBe(2);
  });

  it('stays bounded in the file, since free space is reused', async () => {
    const spool = await aSpool({ maxBytes: 2 ** 20 });
    const log = spool.sinkLog('a');
    const body = new Uint8Array(100_000);
    for (let i = 0; i < 100; i++) {
      const positions = await log.append([
        aDelivery(`${i}`, 'client', { body }),
        aDelivery(`${i}b`, 'client', { body }),
      ]);
      await log.confirm(positions);
    }
    expect(log.size).toBe(0);
    const { statSync } = await import('node:fs');
    expect(statSync(`${spool.directory}/spool-1.mdb`).size).toBeLessThan(4 * 2 ** 20);
  });
});

describe('a spool that is opened again', () => {
  it.each([false, true])('contains the unconfirmed entries in order (sync: %s)', async (sync) => {
    const first = await aSpool({ sync });
    const positions = await first.sinkLog('a').append(deliveries('a', 1000));
    await first.sinkLog('a').confirm(positions.slice(0, 500));
    await first.close();
    const second = await aSpool({ path: first.directory, sync });
    expect(second.sinkLog('a').size).toBe(500);
    expect(idsOf(await second.sinkLog('a').claimNext(...ALL))).toStrictEqual(
      deliveries('a', 1000)
        .slice(500)
        .map(({ id }) => id),
    );
    expect(second.logged).toStrictEqual([]);
  });

  it.each([
    [false, true],
    [true, false],
  ])('can be opened with another durability (sync: %s, then %s)', async (before, after) => {
    const first = await aSpool({ sync: before });
    await first.sinkLog('a').append(deliveries('a', 100));
    await first.close();
    const second = await aSpool({ path: first.directory, sync: after });
    expect(await second.sinkLog('a').claimNext(...ALL)).toHaveLength(100);
    expect(second.logged).toStrictEqual([]);
  });

  it('appends after the existing entries', async () => {
    const first = await aSpool();
    await first.sinkLog('a').append(deliveries('a', 3));
    await first.close();
    const log = (await aSpool({ path: first.directory })).sinkLog('a');
    await log.append(deliveries('b', 1), { claim: false });
    expect(idsOf(await log.claimNext(...ALL))).toStrictEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('leaves no file behind when it is closed empty', async () => {
    const spool = await aSpool();
    await spool.sinkLog('a').confirm(await spool.sinkLog('a').append(deliveries('a', 10)));
    await spool.close();
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(spool.directory, { recursive: true })).toStrictEqual(['members']);
  });

  it('rejects operations once it is closed', async () => {
    const spool = await aSpool();
    const log = spool.sinkLog('a');
    await log.append(deliveries('a', 2));
    await spool.close();
    await spool.close();
    await expect(log.append([aDelivery('x')])).rejects.toMatchObject({ code: 'sink_failed' });
    await expect(log.claimNext(1, 1)).rejects.toMatchObject({ code: 'sink_failed' });
    expect(log.size).toBe(2);
  });
});

describe('the notice that entries are available', () => {
  const told = (log: { onAvailable(listener: () => void): void }) =>
    new Promise<void>((resolve) => log.onAvailable(resolve));

  it('comes for existing entries, for appends without claim, and for released entries', async () => {
    const first = await aSpool();
    await first.sinkLog('a').append(deliveries('a', 1));
    await first.close();
    const log = (await aSpool({ path: first.directory })).sinkLog('a');
    await told(log);
    const taken = await log.claimNext(...ALL);
    let times = 0;
    log.onAvailable(() => times++);
    await log.release(positionsOf(taken));
    expect(times).toBe(1);
    await log.append(deliveries('b', 1), { claim: false });
    expect(times).toBe(2);
    await log.append(deliveries('c', 1));
    expect(times).toBe(2);
  });
});
