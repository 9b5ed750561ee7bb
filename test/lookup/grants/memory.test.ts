import { describe, expect, it } from 'vitest';
import { createMemoryGrants } from '../../../src/lookup/grants/memory.ts';
import { collect } from '../../support/collect.ts';

function setup(max = 10) {
  const clock = { now: 1000 };
  return { clock, store: createMemoryGrants({ max, now: () => clock.now }) };
}

const tags = { site: 'north' };
const client = (clientid: string, node = 'n', username = 'u') => ({ node, clientid, username });

describe('grants in memory', () => {
  it('keeps grants by node and client id', () => {
    const { store } = setup();
    store.save(client('c1', 'n1'), { tags });
    expect(store.find(client('c1', 'n1'))).toEqual({ tags, isExpired: false });
    expect(store.find(client('c1', 'n2'))).toBeUndefined();
    expect(store.find(client('c2', 'n1'))).toBeUndefined();
  });

  it('does not pass a grant to another user name that takes over the client id', () => {
    const { store } = setup();
    store.save(client('c1'), { tags });
    expect(store.find(client('c1', 'n', 'another'))).toBeUndefined();
    expect(store.find(client('c1', 'n', ''))).toBeUndefined();
    expect(store.find(client('c1'))?.tags).toEqual(tags);
  });

  it('compiles the rules of a grant', () => {
    const { store } = setup();
    store.save(client('c'), { tags: {}, rules: [{ allow: 'publish', topics: 'a' }] });
    const subject = { clientid: 'c', username: '', peerhost: '', cn: '' };
    expect(store.find(client('c'))?.judge?.(subject, 'publish', 'a').verdict).toBe('allow');
  });

  it('remembers that a grant has expired', () => {
    const { store, clock } = setup();
    store.save(client('c'), { tags, expiresAt: 2000 });
    expect(store.find(client('c'))?.isExpired).toBe(false);
    clock.now = 2000;
    expect(store.find(client('c'))?.isExpired).toBe(true);
  });

  it.each([undefined, { tags: {} }])(
    'forgets the grants of the login before when the next brings %j',
    (grant) => {
      const { store } = setup();
      store.save(client('c'), { tags });
      store.save(client('c'), grant);
      expect(store.find(client('c'))).toBeUndefined();
      expect(store.size).toBe(0);
    },
  );

  it('takes as much room for names of 64 KiB as for short ones, and tells them apart', () => {
    const { store } = setup(2000);
    const long = (i: number) => Buffer.from(`${i}`.padEnd(65_000, 'x')).toString();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2000; i++) store.save(client(long(i), long(i), long(i)), { tags });
    collect();
    expect(store.size).toBe(2000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
    expect(store.find(client(long(1), long(1), long(1)))?.tags).toEqual(tags);
    expect(store.find(client(long(1), long(1), long(2)))).toBeUndefined();
    expect(store.find(client(long(1), long(2), long(1)))).toBeUndefined();
  });

  it('is bounded in bytes, at what compiled rules take', () => {
    const maxBytes = 20_000_000;
    const store = createMemoryGrants({ max: 100_000, maxBytes, now: () => 1000 });
    const rules = Array.from({ length: 100 }, (_, i) => ({
      allow: 'publish' as const,
      topics: `site/${i}/#`,
    }));
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1000; i++) store.save(client(`c${i}`), { tags, rules: structuredClone(rules) });
    collect();
    expect(store.size).toBeGreaterThan(50);
    expect(store.size).toBeLessThan(1000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(1.5 * maxBytes);
  });

  it('is bounded: the client unused for longest is forgotten', () => {
    const { store } = setup(2);
    store.save(client('a'), { tags });
    store.save(client('b'), { tags });
    store.find(client('a'));
    store.save(client('c'), { tags });
    expect([store.find(client('a')), store.find(client('b')), store.find(client('c'))].map(Boolean)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
