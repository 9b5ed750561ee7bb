import { describe, expect, it } from 'vitest';
import { ALL, aDelivery, aSpool, deliveries, idsOf, positionsOf } from './support.ts';

describe('a lane of the spool', () => {
  it('gives back what was appended, in order, as it was', async () => {
    const spool = await aSpool();
    const lane = spool.sinkLog('history');
    const appended = [
      aDelivery('1', 'a', { target: 'plant/1', format: 'raw', contentType: 'text/plain' }),
      aDelivery('2', '', { attributes: {}, body: new Uint8Array() }),
    ];
    await lane.append(appended, { claim: false });
    const taken = await lane.claimNext(...ALL);
    expect(taken.map(({ delivery }) => ({ ...delivery, body: Buffer.from(delivery.body) }))).toStrictEqual(
      appended.map((delivery) => ({
        ...delivery,
        target: delivery.target,
        body: Buffer.from(delivery.body),
      })),
    );
  });

  it('keeps what this process appends for it, unless told otherwise', async () => {
    const lane = (await aSpool()).sinkLog('history');
    await lane.append(deliveries('mine', 2));
    await lane.append(deliveries('free', 2), { claim: false });
    expect(idsOf(await lane.claimNext(...ALL))).toStrictEqual(['free1', 'free2']);
    expect(await lane.claimNext(...ALL)).toStrictEqual([]);
  });

  it.each([
    ['before the commit', 0],
    ['while it is committed', 1],
  ])('stores nothing that is not wanted any more %s', async (_, wantedTimes) => {
    const lane = (await aSpool()).sinkLog('history');
    let asked = 0;
    const isWanted = () => asked++ < wantedTimes;
    expect(await lane.append(deliveries('a', 2), { claim: false, isWanted })).toStrictEqual([]);
    expect(asked).toBeGreaterThan(wantedTimes);
    expect(lane.size).toBe(0);
    expect(await lane.claimNext(...ALL)).toStrictEqual([]);
  });

  it('gives released entries out again, before younger ones', async () => {
    const lane = (await aSpool()).sinkLog('history');
    const [first = 0, , third = 0] = await lane.append(deliveries('a', 4));
    await lane.release([third, first]);
    expect(idsOf(await lane.claimNext(...ALL))).toStrictEqual(['a1', 'a3']);
    await lane.release([first, third]);
    expect(idsOf(await lane.claimNext(1, 2 ** 20))).toStrictEqual(['a1']);
  });

  it('does not give out what it was told to release but was never claimed here', async () => {
    const lane = (await aSpool()).sinkLog('history');
    await lane.release([1, 2, 3]);
    expect(await lane.claimNext(...ALL)).toStrictEqual([]);
  });

  it('forgets what is confirmed, once', async () => {
    const lane = (await aSpool()).sinkLog('history');
    const positions = await lane.append(deliveries('a', 3));
    expect(lane.size).toBe(3);
    await lane.confirm(positions.slice(0, 2));
    await lane.confirm(positions.slice(0, 2));
    await lane.confirm([999]);
    expect(lane.size).toBe(1);
    await lane.confirm(positions);
    expect(lane.size).toBe(0);
    expect(lane.bytes).toBe(0);
  });

  it('takes no more than the limits, but at least one', async () => {
    const lane = (await aSpool()).sinkLog('history');
    await lane.append(deliveries('a', 10), { claim: false });
    expect(idsOf(await lane.claimNext(3, 2 ** 20))).toStrictEqual(['a1', 'a2', 'a3']);
    expect(idsOf(await lane.claimNext(100, 1))).toStrictEqual(['a4']);
    expect(await lane.claimNext(0, 2 ** 20)).toStrictEqual([]);
    expect(await lane.claimNext(100, 2 ** 20)).toHaveLength(6);
  });

  it('is apart from the lanes of other sinks, also of a name that begins alike', async () => {
    const spool = await aSpool();
    await spool.sinkLog('a').append(deliveries('a', 2), { claim: false });
    await spool.sinkLog('ab').append(deliveries('ab', 1), { claim: false });
    expect(idsOf(await spool.sinkLog('ab').claimNext(...ALL))).toStrictEqual(['ab1']);
    expect(idsOf(await spool.sinkLog('a').claimNext(...ALL))).toStrictEqual(['a1', 'a2']);
    expect(spool.sinkLog('a')).toBe(spool.sinkLog('a'));
  });

  it('appends nothing at no cost', async () => {
    const lane = (await aSpool()).sinkLog('history');
    expect(await lane.append([])).toStrictEqual([]);
    await lane.confirm([]);
    await lane.release([]);
    expect(lane.size).toBe(0);
  });

  it('stores many appends of one moment in the order they were made', async () => {
    const lane = (await aSpool()).sinkLog('history');
    const appended = deliveries('a', 2000);
    await Promise.all(appended.map((delivery) => lane.append([delivery], { claim: false })));
    expect(idsOf(await lane.claimNext(...ALL))).toStrictEqual(appended.map(({ id }) => id));
  });
});

describe('the size of the spool', () => {
  it('is limited over all lanes: what does not fit is refused as a whole', async () => {
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

  it('is exact: an append fits to the byte', async () => {
    const probe = (await aSpool()).sinkLog('a');
    await probe.append([aDelivery('1')]);
    const room = probe.bytes * 3;
    const lane = (await aSpool({ maxBytes: room })).sinkLog('a');
    await lane.append(deliveries('', 3));
    expect(lane.bytes).toBe(room);
    await expect(lane.append([aDelivery('4')])).rejects.toMatchObject({ code: 'sink_full' });
  });

  it('does not let one refusal touch the others of its commit', async () => {
    const lane = (await aSpool({ maxBytes: 2 ** 20 })).sinkLog('a');
    const huge = aDelivery('huge', 'client', { body: new Uint8Array(2 ** 20) });
    const results = await Promise.allSettled([
      lane.append([aDelivery('1')]),
      lane.append([huge]),
      lane.append([aDelivery('2')]),
    ]);
    expect(results.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(lane.size).toBe(2);
  });

  it('stays in its file: space is used again', async () => {
    const spool = await aSpool({ maxBytes: 2 ** 20 });
    const lane = spool.sinkLog('a');
    const body = new Uint8Array(100_000);
    for (let i = 0; i < 100; i++) {
      const positions = await lane.append([
        aDelivery(`${i}`, 'client', { body }),
        aDelivery(`${i}b`, 'client', { body }),
      ]);
      await lane.confirm(positions);
    }
    expect(lane.size).toBe(0);
    const { statSync } = await import('node:fs');
    expect(statSync(`${spool.directory}/spool-1.mdb`).size).toBeLessThan(4 * 2 ** 20);
  });
});

describe('a spool that is opened again', () => {
  it.each([false, true])('has what was not confirmed, in order (sync: %s)', async (sync) => {
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
  ])('may be opened with another durability (sync: %s, then %s)', async (before, after) => {
    const first = await aSpool({ sync: before });
    await first.sinkLog('a').append(deliveries('a', 100));
    await first.close();
    const second = await aSpool({ path: first.directory, sync: after });
    expect(await second.sinkLog('a').claimNext(...ALL)).toHaveLength(100);
    expect(second.logged).toStrictEqual([]);
  });

  it('appends behind what is there', async () => {
    const first = await aSpool();
    await first.sinkLog('a').append(deliveries('a', 3));
    await first.close();
    const lane = (await aSpool({ path: first.directory })).sinkLog('a');
    await lane.append(deliveries('b', 1), { claim: false });
    expect(idsOf(await lane.claimNext(...ALL))).toStrictEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('leaves no file behind when it was empty', async () => {
    const spool = await aSpool();
    await spool.sinkLog('a').confirm(await spool.sinkLog('a').append(deliveries('a', 10)));
    await spool.close();
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(spool.directory, { recursive: true })).toStrictEqual(['members']);
  });

  it('has no use any more once it is closed', async () => {
    const spool = await aSpool();
    const lane = spool.sinkLog('a');
    await lane.append(deliveries('a', 2));
    await spool.close();
    await spool.close();
    await expect(lane.append([aDelivery('x')])).rejects.toMatchObject({ code: 'sink_failed' });
    await expect(lane.claimNext(1, 1)).rejects.toMatchObject({ code: 'sink_failed' });
    expect(lane.size).toBe(2);
  });
});

describe('telling that there is something to take', () => {
  const told = (lane: { onAvailable(listener: () => void): void }) =>
    new Promise<void>((resolve) => lane.onAvailable(resolve));

  it('happens for what was there before, for what is not claimed, and for what is released', async () => {
    const first = await aSpool();
    await first.sinkLog('a').append(deliveries('a', 1));
    await first.close();
    const lane = (await aSpool({ path: first.directory })).sinkLog('a');
    await told(lane);
    const taken = await lane.claimNext(...ALL);
    let times = 0;
    lane.onAvailable(() => times++);
    await lane.release(positionsOf(taken));
    expect(times).toBe(1);
    await lane.append(deliveries('b', 1), { claim: false });
    expect(times).toBe(2);
    await lane.append(deliveries('c', 1));
    expect(times).toBe(2);
  });
});
