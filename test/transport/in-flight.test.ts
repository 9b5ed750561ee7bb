import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ConnectionInFlight, Hold, InFlight } from '../../src/transport/in-flight.ts';

describe('the load', () => {
  it.each([
    [0, true],
    [2, true],
    [3, false],
    [4, false],
  ])('with %d of 3 calls that wait for a look-up may take another: %s', (deciding, expected) => {
    const load = new InFlight({ inFlight: 3, queuedBytes: 1, messageBytes: 1 });
    load.deciding = deciding;
    expect(load.mayDecide()).toBe(expected);
  });

  it('counts a call that waits once, until it has settled, and no other', async () => {
    const load = new InFlight({ inFlight: 3, queuedBytes: 1, messageBytes: 1 });
    const end = new EventEmitter();
    const one = load.count(once(end, 'one'));
    const other = load.count(once(end, 'other'));
    expect([load.count('at once'), load.deciding]).toStrictEqual(['at once', 2]);
    end.emit('one', 'later');
    expect([await one, load.deciding]).toStrictEqual([['later'], 1]);
    end.emit('error', new Error('broken'));
    await expect(other).rejects.toThrow('broken');
    expect(load.deciding).toBe(0);
  });

  it('gives one connection a quarter of all bytes', () => {
    const one = new ConnectionInFlight(new InFlight({ inFlight: 1, queuedBytes: 400, messageBytes: 10 }));
    expect([one.mayHold(100), one.mayHold(101)]).toStrictEqual([true, false]);
    one.hold(60);
    expect([one.mayHold(40), one.mayHold(41)]).toStrictEqual([true, false]);
    one.hold(-60);
    expect(one.mayHold(100)).toBe(true);
  });

  it('gives each connection room for one message, whatever its share', () => {
    const one = new ConnectionInFlight(new InFlight({ inFlight: 1, queuedBytes: 400, messageBytes: 300 }));
    expect([one.mayHold(305), one.mayHold(306)]).toStrictEqual([true, false]);
  });

  it('lets a request take and release bytes', () => {
    const load = new InFlight({ inFlight: 1, queuedBytes: 400, messageBytes: 10 });
    const connection = new ConnectionInFlight(load);
    const [one, other] = [new Hold(connection), new Hold(connection)];
    one.hold(30);
    one.hold(30);
    other.hold(20);
    expect([one.mayHold(20), other.mayHold(21), load.bytes]).toStrictEqual([true, false, 80]);
    one.release();
    one.release();
    expect([connection.bytes, load.bytes]).toStrictEqual([20, 20]);
  });

  it('limits all connections together', () => {
    const load = new InFlight({ inFlight: 1, queuedBytes: 400, messageBytes: 10 });
    const connections = Array.from({ length: 5 }, () => new ConnectionInFlight(load));
    for (const connection of connections.slice(0, 4)) connection.hold(95);
    const last = connections[4] as ConnectionInFlight;
    expect([last.mayHold(20), last.mayHold(21)]).toStrictEqual([true, false]);
    for (const connection of connections.slice(0, 4)) connection.hold(-95);
    expect([load.bytes, last.bytes, last.mayHold(100)]).toStrictEqual([0, 0, true]);
  });
});
