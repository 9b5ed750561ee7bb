import { describe, expect, it } from 'vitest';
import { RepeatedCalls } from '../../src/events/repeated-calls.ts';
import { aClient, aMeta } from '../support/inputs.ts';

let now = 0;
function aSource() {
  let last = 0;
  now = 0;
  return new RepeatedCalls({ now: () => now, random: () => `id-${++last}` });
}

const connected = (clientid = 'c1') => ({
  type: 'emqx.client.connected',
  subject: clientid,
  data: { clientinfo: aClient({ clientid }), uptime: 1n },
});
const at = (version: string, node = 'emqx@a') => ({ meta: aMeta({ version, node }) });

describe('the id of an event for which the broker has none', () => {
  it.each(['5.9.0', '5.10.3', '6.0.2', '6.1.1'])(
    'is the same for an equal call at once, on EMQX %s',
    (version) => {
      const source = aSource();
      expect(source.idOf(connected(), at(version))).toBe('id-1');
      now += 2_000;
      expect(source.idOf(connected(), at(version))).toBe('id-1');
    },
  );

  it.each(['5.3.2', '5.8.9', '6.0.3', '6.1.2', '6.2.0', '6.3.0', ''])(
    'is always new on EMQX %s, which calls once',
    (version) => {
      const source = aSource();
      expect(source.idOf(connected(), at(version))).toBe('id-1');
      expect(source.idOf(connected(), at(version))).toBe('id-2');
      expect(source.size).toBe(0);
    },
  );

  it.each([
    ['another client', connected('c2'), at('5.10.3')],
    ['another hook', { ...connected(), type: 'emqx.client.disconnected' }, at('5.10.3')],
    ['another field', { ...connected(), data: { clientinfo: aClient({ peerport: 1 }) } }, at('5.10.3')],
    ['another node', connected(), at('5.10.3', 'emqx@b')],
  ])('is new for %s', (_what, event, origin) => {
    const source = aSource();
    source.idOf(connected(), at('5.10.3'));
    expect(source.idOf(event, origin)).toBe('id-2');
  });

  it('is new when the same call comes later', () => {
    const source = aSource();
    source.idOf(connected(), at('5.10.3'));
    now += 2_001;
    expect(source.idOf(connected(), at('5.10.3'))).toBe('id-2');
    now += 1;
    expect(source.idOf(connected(), at('5.10.3'))).toBe('id-2');
  });

  const change = (verb: string, filter = 'a/#', clientid = 'c1') => ({
    type: verb,
    subject: clientid,
    data: { clientinfo: aClient({ clientid }), topic: filter },
  });

  it.each([
    ['session.subscribed', 'session.unsubscribed'],
    ['client.subscribe', 'client.unsubscribe'],
    ['client.subscribe', 'session.unsubscribed'],
  ])('is new when a client undoes %s by %s and does it again at once', (there, back) => {
    const source = aSource();
    const ids = (verb: string) => [1, 2].map(() => source.idOf(change(`emqx.${verb}`), at('5.10.3')));
    expect([...ids(there), ...ids(back), ...ids(there), ...ids(back)]).toStrictEqual([
      ...['id-1', 'id-1', 'id-2', 'id-2'],
      ...['id-3', 'id-3', 'id-4', 'id-4'],
    ]);
  });

  it('is the same for the repeated filters of one packet, whatever other clients do', () => {
    const source = aSource();
    const ids = ['a', 'a', 'b', 'b'].map((filter) => {
      source.idOf(change('emqx.session.unsubscribed', filter, 'c2'), at('5.10.3'));
      return source.idOf(change('emqx.session.subscribed', filter), at('5.10.3'));
    });
    expect([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]]).toStrictEqual([true, true, false]);
  });

  it('is new for data of a custom hook that cannot be read', () => {
    const source = aSource();
    const broken = {
      ...connected(),
      data: {
        get value(): string {
          throw new Error('no');
        },
      },
    };
    expect([1, 2].map(() => source.idOf(broken, at('5.10.3')))).toStrictEqual(['id-1', 'id-2']);
  });

  it('is new for data that holds itself', () => {
    const source = aSource();
    const data: Record<string, unknown> = { name: 'loop' };
    data.self = data;
    const event = () => ({ ...connected(), data: { ...data } });
    expect([1, 2].map(() => source.idOf(event(), at('5.10.3')))).toStrictEqual(['id-1', 'id-2']);
  });

  it('is the same for each of several calls of a client that come once more', () => {
    const source = aSource();
    const filters = ['a', 'b', 'c', 'a', 'b', 'c'];
    const ids = filters.map((filter) => source.idOf(change('emqx.session.subscribed', filter), at('5.10.3')));
    expect(ids).toStrictEqual(['id-1', 'id-2', 'id-3', 'id-1', 'id-2', 'id-3']);
  });

  it('is remembered in a bounded number of bytes, however long the texts of clients are', () => {
    const source = aSource();
    for (let i = 0; i < 1_000; i++) source.idOf(connected(`${i}`.padEnd(60_000, 'c')), at('5.10.3'));
    expect(source.size).toBeLessThan(100);
    expect(source.size).toBeGreaterThan(10);
  });

  it('is remembered for a few thousand calls at most', () => {
    const source = aSource();
    for (let i = 0; i < 5_000; i++) source.idOf(connected(`c${i}`), at('5.10.3'));
    expect(source.size).toBe(4_096);
    expect(source.idOf(connected('c4999'), at('5.10.3'))).toBe('id-5000');
    expect(source.idOf(connected('c0'), at('5.10.3'))).toBe('id-5001');
  });
});
