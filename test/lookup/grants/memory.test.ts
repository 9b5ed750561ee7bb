import { describe, expect, it } from 'vitest';
import { createMemoryGrants } from '../../../src/lookup/grants/memory.ts';

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

  it('does not hand a grant on to another user name that takes over the client id', () => {
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
