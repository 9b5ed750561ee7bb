import { describe, expect, it } from 'vitest';
import { Outgoing, type WaitingPacket } from '../../../../src/cli/dev/broker/outgoing.ts';

const packet = (brokerCounter: number, size = 1): WaitingPacket => ({
  cmd: 'publish',
  brokerId: 'b',
  brokerCounter,
  payload: Buffer.alloc(size),
});
const countersOf = async (outgoing: Outgoing, client = 'a') =>
  ((await outgoing.stream(client).toArray()) as WaitingPacket[]).map(({ brokerCounter }) => brokerCounter);

describe('messages that wait for a client', () => {
  it('come in the order in which they were published', async () => {
    const outgoing = new Outgoing();
    for (const counter of [1, 2, 3]) outgoing.add('a', packet(counter));
    outgoing.add('b', packet(4));
    expect(await countersOf(outgoing)).toStrictEqual([1, 2, 3]);
    expect(await countersOf(outgoing, 'b')).toStrictEqual([4]);
  });

  it('are taken out by the id under which they were sent', async () => {
    const outgoing = new Outgoing();
    for (const counter of [1, 2]) outgoing.add('a', packet(counter));
    outgoing.update('a', { ...packet(2), messageId: 17 });
    expect(outgoing.clear('a', { cmd: 'puback', messageId: 17 })).toMatchObject({ brokerCounter: 2 });
    expect(outgoing.clear('a', { cmd: 'puback', messageId: 17 })).toBeUndefined();
    expect(await countersOf(outgoing)).toStrictEqual([1]);
  });

  it('give way to their PUBREL, which keeps the id', () => {
    const outgoing = new Outgoing();
    outgoing.add('a', packet(1));
    outgoing.update('a', { ...packet(1), messageId: 5 });
    outgoing.update('a', { cmd: 'pubrel', messageId: 5 });
    expect(outgoing.clear('a', { cmd: 'pubcomp', messageId: 5 })).toStrictEqual({
      cmd: 'pubrel',
      messageId: 5,
    });
  });

  it('are at most 1,000, of which the oldest go', async () => {
    const outgoing = new Outgoing();
    for (let counter = 1; counter <= 1_003; counter++) outgoing.add('a', packet(counter));
    const counters = await countersOf(outgoing);
    expect([counters.length, counters[0]]).toStrictEqual([1_000, 4]);
  });

  it('are at most 64 MiB for all clients, of which the oldest of the same client go', async () => {
    const outgoing = new Outgoing();
    const large = 16 * 1024 * 1024;
    outgoing.add('b', packet(0, large));
    for (const counter of [1, 2, 3, 4, 5]) outgoing.add('a', packet(counter, large));
    expect(await countersOf(outgoing)).toStrictEqual([3, 4, 5]);
    expect(await countersOf(outgoing, 'b')).toStrictEqual([0]);
  });

  it('make room when their session ends', async () => {
    const outgoing = new Outgoing();
    const large = 32 * 1024 * 1024;
    for (const counter of [1, 2]) outgoing.add('a', packet(counter, large));
    outgoing.end('a');
    for (const counter of [3, 4]) outgoing.add('b', packet(counter, large));
    expect([await countersOf(outgoing), await countersOf(outgoing, 'b')]).toStrictEqual([[], [3, 4]]);
  });
});
