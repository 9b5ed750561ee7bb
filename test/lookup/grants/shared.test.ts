import { describe, expect, it } from 'vitest';
import { createSharedGrants, type RecordStore } from '../../../src/lookup/grants/shared.ts';
import { NOTHING } from '../../../src/lookup/grants/store.ts';
import { Failure } from '../../../src/protocol/failure.ts';
import { collect } from '../../support/collect.ts';

const never = { signal: new AbortController().signal };
const tags = { site: 'north' };
const client = (clientid = 'c', username = 'u') => ({ node: 'n', clientid, username });

/** A store that answers when the test says so. */
function fakeRecords() {
  const texts = new Map<string, string>();
  const log: string[] = [];
  const fake = {
    texts,
    log,
    isDown: false,
    hold: undefined as Promise<void> | undefined,
  };
  const work = async <T>(what: string, result: () => T): Promise<T> => {
    if (what.length < 100) log.push(what);
    const hold = fake.hold;
    const answer = result();
    await hold;
    if (fake.isDown) throw new Failure('lookup_failed', 'down');
    return answer;
  };
  const records: RecordStore = {
    read: (key) => work(`read ${key}`, () => texts.get(key)),
    write: (key, text) => work(`write ${key}`, () => void texts.set(key, text)),
    remove: (key) => work(`remove ${key}`, () => void texts.delete(key)),
    isConnected: true,
    close: () => {},
  };
  return { fake, records };
}

function setup({ freshness = 1000, max = 10 } = {}) {
  const clock = { now: 10_000, monotonic: 0 };
  const { fake, records } = fakeRecords();
  const instance = () => {
    const clocks = { now: () => clock.now, monotonic: () => clock.monotonic };
    const store = createSharedGrants({ records, prefix: 'p:', freshness, max, ...clocks });
    if (store.shared === undefined) throw new Error('it is shared');
    return { find: store.find, save: store.save, size: () => store.size, ...store.shared };
  };
  return { clock, fake, one: instance(), other: instance() };
}

/** A promise and what ends it. */
function held() {
  let release = () => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { hold, release };
}

describe('shared grants', () => {
  it('are known to every instance once they are kept', async () => {
    const { one, other } = setup();
    await one.keep(client(), { tags }, never);
    expect(one.find(client())?.tags).toEqual(tags);
    expect(other.find(client())).toBeUndefined();
    expect((await other.load(client(), never)).tags).toEqual(tags);
    expect(other.find(client())?.tags).toEqual(tags);
  });

  it('take as much room for names of 64 KiB as for short ones', async () => {
    const { one, other } = setup({ max: 1000 });
    const long = (i: number) => Buffer.from(`${i}`.padEnd(65_000, 'x')).toString();
    await one.keep(client('c', 'u'), { tags }, never);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 500; i++) await other.load(client(long(i), long(i)), never);
    collect();
    expect(other.size()).toBe(500);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
  });

  it('bring their rules along, ready to be asked', async () => {
    const { one, other } = setup();
    await one.keep(client(), { tags: {}, rules: [{ allow: 'publish', topics: 'a/${clientid}' }] }, never);
    const { judge } = await other.load(client(), never);
    expect(judge?.({ ...client(), peerhost: '', cn: '' }, 'publish', 'a/c').verdict).toBe('allow');
  });

  it('tell that there is nothing from not knowing', async () => {
    const { one, fake } = setup();
    expect(one.find(client())).toBeUndefined();
    expect(await one.load(client(), never)).toBe(NOTHING);
    expect(one.find(client())).toBe(NOTHING);
    expect(fake.log).toEqual(['read p:n:c']);
  });

  it('are read again once they are no longer fresh', async () => {
    const { one, other, clock } = setup({ freshness: 1000 });
    await one.keep(client(), { tags }, never);
    await other.load(client(), never);
    await one.keep(client(), { tags: { site: 'south' } }, never);
    // Somebody sets the clock: it says nothing of how old a grant is.
    clock.now -= 3_600_000;
    clock.monotonic += 999;
    expect(other.find(client())?.tags).toEqual(tags);
    clock.monotonic += 1;
    expect(other.find(client())).toBeUndefined();
    expect((await other.load(client(), never)).tags).toEqual({ site: 'south' });
  });

  it('are always asked for with a freshness of 0', async () => {
    const { one } = setup({ freshness: 0 });
    await one.keep(client(), { tags }, never);
    expect(one.find(client())).toBeUndefined();
    expect((await one.load(client(), never)).tags).toEqual(tags);
  });

  it.each([undefined, { tags: {} }])('are gone for all when the next login brings %j', async (grant) => {
    const { one, other, fake } = setup();
    await one.keep(client(), { tags }, never);
    await other.keep(client(), grant, never);
    expect(fake.texts.size).toBe(0);
    expect(other.find(client())).toBe(NOTHING);
    expect(await one.load(client(), never)).toBe(NOTHING);
  });

  it('are for the user name that they were granted to, and for no other with the same client id', async () => {
    const { one, other } = setup();
    await one.keep(client('c', 'anna'), { tags }, never);
    expect(one.find(client('c', 'bert'))).toBe(NOTHING);
    expect(await other.load(client('c', 'bert'), never)).toBe(NOTHING);
    expect(other.find(client('c', 'anna'))?.tags).toEqual(tags);
  });

  it('expire, and stay known as expired', async () => {
    const { one, other, clock } = setup({ freshness: 100_000 });
    await one.keep(client(), { tags, expiresAt: 20_000 }, never);
    expect((await other.load(client(), never)).isExpired).toBe(false);
    clock.now = 20_000;
    expect(one.find(client())?.isExpired).toBe(true);
    expect(other.find(client())?.isExpired).toBe(true);
    expect((await other.load(client(), never)).isExpired).toBe(true);
  });

  it('are read once for all who ask at the same time', async () => {
    const { one, fake } = setup();
    await Promise.all([one.load(client(), never), one.load(client(), never), one.load(client(), never)]);
    expect(fake.log).toEqual(['read p:n:c']);
  });

  it('are not replaced by older data than a newer login', async () => {
    const { one, other, fake } = setup();
    await other.keep(client(), { tags }, never);
    const { hold, release } = held();
    fake.hold = hold;
    const old = one.load(client(), never);
    fake.hold = undefined;
    await one.keep(client(), { tags: { site: 'south' } }, never);
    release();
    expect((await old).tags).toEqual(tags);
    expect(one.find(client())?.tags).toEqual({ site: 'south' });
  });

  it('fail to be kept while the store is down, and are not believed afterwards', async () => {
    const { one, fake } = setup();
    await one.keep(client(), { tags }, never);
    fake.isDown = true;
    await expect(one.keep(client(), { tags: {} }, never)).rejects.toMatchObject({ code: 'lookup_failed' });
    expect(one.find(client())).toBeUndefined();
    await expect(one.load(client(), never)).rejects.toMatchObject({ code: 'lookup_failed' });
    fake.isDown = false;
    expect(await one.load(client(), never)).toBe(NOTHING);
    expect(one.stats).toEqual({
      isConnected: true,
      keeps: { done: 1, failed: 1 },
      loads: { done: 1, failed: 1 },
    });
  });

  it('of one client are changed one after another, whichever is served first', async () => {
    const { one, fake } = setup();
    const { hold, release } = held();
    fake.hold = hold;
    const first = one.keep(client(), { tags }, never);
    const second = one.keep(client(), { tags: { site: 'south' } }, never);
    await new Promise(setImmediate);
    expect(fake.log.filter((line) => line.startsWith('write'))).toHaveLength(1);
    release();
    await Promise.all([first, second]);
    expect((await one.load(client(), never)).tags).toEqual({ site: 'south' });
  });

  it('let the one who waited too long go, and serve the others', async () => {
    const { one, other, fake } = setup();
    await other.keep(client(), { tags }, never);
    const { hold, release } = held();
    fake.hold = hold;
    const hasty = new AbortController();
    const first = one.load(client(), hasty);
    const second = one.load(client(), never);
    hasty.abort();
    await expect(first).rejects.toMatchObject({ code: 'lookup_timeout' });
    release();
    expect((await second).tags).toEqual(tags);
    expect(one.find(client())?.tags).toEqual(tags);
  });

  it('that cannot be read fail, and are not mistaken for nothing', async () => {
    const { one, fake } = setup();
    fake.texts.set('p:n:c', '{"v":9}');
    await expect(one.load(client(), never)).rejects.toMatchObject({ code: 'lookup_failed' });
    expect(one.find(client())).toBeUndefined();
  });

  it('take a bounded part of the memory', async () => {
    const { one } = setup({ max: 2 });
    for (const clientid of ['a', 'b', 'c']) await one.keep(client(clientid), { tags }, never);
    expect(one.size()).toBe(2);
    expect((await one.load(client('a'), never)).tags).toEqual(tags);
  });

  it('may be saved for this process alone, when a token can tell them again anywhere', () => {
    const { one, fake } = setup();
    one.save(client(), { tags });
    expect(one.find(client())?.tags).toEqual(tags);
    expect(fake.log).toEqual([]);
  });
});
