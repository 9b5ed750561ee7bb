import { describe, expect, it } from 'vitest';
import { createGrantStore } from '../../src/lookup/grant-store.ts';

function setup(max = 10) {
  const clock = { now: 1000 };
  return { clock, store: createGrantStore({ max, now: () => clock.now }) };
}

const tags = { site: 'north' };

describe('the grant store', () => {
  it('keeps grants by node and client id', () => {
    const { store } = setup();
    store.save('n1', 'c1', { tags });
    expect(store.find('n1', 'c1')).toEqual({ tags, isExpired: false });
    expect(store.find('n2', 'c1')).toBeUndefined();
    expect(store.find('n1', 'c2')).toBeUndefined();
  });

  it('compiles the rules of a grant', () => {
    const { store } = setup();
    store.save('n', 'c', { tags: {}, rules: [{ allow: 'publish', topics: 'a' }] });
    const subject = { clientid: 'c', username: '', peerhost: '', cn: '' };
    expect(store.find('n', 'c')?.judge?.(subject, 'publish', 'a').verdict).toBe('allow');
  });

  it('remembers that a grant has expired', () => {
    const { store, clock } = setup();
    store.save('n', 'c', { tags, expiresAt: 2000 });
    expect(store.find('n', 'c')?.isExpired).toBe(false);
    clock.now = 2000;
    expect(store.find('n', 'c')?.isExpired).toBe(true);
  });

  it.each([undefined, { tags: {} }])(
    'forgets the grants of the login before when the next brings %j',
    (grant) => {
      const { store } = setup();
      store.save('n', 'c', { tags });
      store.save('n', 'c', grant);
      expect(store.find('n', 'c')).toBeUndefined();
      expect(store.size).toBe(0);
    },
  );

  it('is bounded: the client unused for longest is forgotten', () => {
    const { store } = setup(2);
    store.save('n', 'a', { tags });
    store.save('n', 'b', { tags });
    store.find('n', 'a');
    store.save('n', 'c', { tags });
    expect([store.find('n', 'a'), store.find('n', 'b'), store.find('n', 'c')].map(Boolean)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
