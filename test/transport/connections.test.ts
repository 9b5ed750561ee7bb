import { EventEmitter } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connection, type ConnectionAge, Connections } from '../../src/transport/connections.ts';
import { InFlight } from '../../src/transport/in-flight.ts';

/** Closes on request, once its streams are over, like node's. */
class FakeSession extends EventEmitter {
  closed = false;
  destroyed = false;
  closings = 0;

  close(): void {
    this.closed = true;
    this.closings++;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function someConnections(count: number, age?: ConnectionAge, random = () => 0) {
  const connections = new Connections(
    new InFlight({ inFlight: 1, queuedBytes: 1, messageBytes: 1 }),
    age,
    random,
  );
  const sessions = Array.from({ length: count }, () => add(connections));
  return { connections, sessions, of: (index: number) => find(connections, sessions[index] as FakeSession) };
}

function add(connections: Connections): FakeSession {
  const session = new FakeSession();
  connections.add(session as unknown as ServerHttp2Session, () => session.close());
  return session;
}

function find(connections: Connections, session: FakeSession): Connection {
  return connections.get(session as unknown as ServerHttp2Session) as Connection;
}

const isClosed = ({ closed }: FakeSession) => closed;

describe('connections', () => {
  it('are counted with their streams, and forgotten when they close', () => {
    const { connections, sessions, of } = someConnections(3);
    expect(new Set([of(0).id, of(1).id, of(2).id]).size).toBe(3);
    of(0).began();
    of(0).began();
    of(1).began();
    expect([connections.size, connections.open, of(0).open]).toStrictEqual([3, 3, 2]);
    of(0).ended();
    expect(connections.open).toBe(2);
    sessions[0]?.destroy();
    expect([connections.size, connections.open]).toStrictEqual([2, 1]);
    expect(of(0)).toBeUndefined();
  });

  it('are ended at once by destroy', () => {
    const { connections, sessions, of } = someConnections(2);
    of(0).began();
    connections.destroy();
    expect(sessions.every(({ destroyed }) => destroyed)).toBe(true);
    expect(connections.size).toBe(0);
  });
});

/** As farewell.ts has it, for a patience of a second and more. */
const QUIET = 150;

describe('a connection that is retired', () => {
  it.each([0, 1, 3])(
    'with %d streams closes when it was quiet since the last has ended, and not before',
    (streams) => {
      const { sessions, of } = someConnections(1);
      const [session] = sessions as [FakeSession];
      for (let i = 0; i < streams; i++) of(0).began();
      of(0).retire(4_000);
      for (let i = 0; i < streams; i++) {
        vi.advanceTimersByTime(QUIET);
        expect(session.closed).toBe(false);
        of(0).ended();
      }
      vi.advanceTimersByTime(QUIET - 1);
      expect(session.closings).toBe(0);
      vi.advanceTimersByTime(1);
      expect(session.closings).toBe(1);
      vi.advanceTimersByTime(10_000);
      expect(session.closings).toBe(1);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('waits for streams that begin meanwhile', () => {
    const { sessions, of } = someConnections(1);
    of(0).began();
    of(0).retire(4_000);
    of(0).began();
    of(0).ended();
    vi.advanceTimersByTime(QUIET);
    expect(sessions.some(isClosed)).toBe(false);
    of(0).ended();
    vi.advanceTimersByTime(QUIET);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('does not close between two calls of a burst', () => {
    const { sessions, of } = someConnections(1);
    of(0).retire(4_000);
    for (let i = 0; i < 10; i++) {
      of(0).began();
      vi.advanceTimersByTime(1);
      of(0).ended();
      vi.advanceTimersByTime(QUIET - 1);
      expect(sessions.some(isClosed)).toBe(false);
    }
    vi.advanceTimersByTime(1);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('makes do with less quiet as its patience runs out', () => {
    const { sessions, of } = someConnections(1);
    of(0).retire(4_000);
    let elapsed = 0;
    // A call every 60 ms: never quiet for 150.
    for (; !sessions.some(isClosed) && elapsed < 4_000; elapsed += 60) {
      of(0).began();
      of(0).ended();
      vi.advanceTimersByTime(60);
    }
    expect(elapsed).toBeGreaterThan(2_000);
    expect(elapsed).toBeLessThan(3_500);
  });

  it('closes sooner after a second order, as in a drain', () => {
    const { sessions, of } = someConnections(1);
    of(0).began();
    of(0).retire(60_000);
    of(0).retire(1_000);
    vi.advanceTimersByTime(1_000);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('closes when its patience is over, once, even after a second order', () => {
    const { sessions, of } = someConnections(1);
    of(0).began();
    of(0).retire(1_000);
    of(0).retire(5_000);
    vi.advanceTimersByTime(999);
    expect(sessions.some(isClosed)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(sessions.every(isClosed)).toBe(true);
    of(0).ended();
    expect(sessions[0]?.closings).toBe(1);
  });

  it('that has gone keeps no timer', () => {
    const { sessions, of } = someConnections(1, { maxAge: 60_000, jitter: 0 });
    of(0).began();
    of(0).retire(1_000);
    sessions[0]?.destroy();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a drain', () => {
  it('resolves when the last connection has gone, for all who wait', async () => {
    const { connections, sessions, of } = someConnections(2);
    of(1).began();
    const resolved = vi.fn();
    const drains = [connections.drain(1_000).then(resolved), connections.drain(1_000).then(resolved)];
    vi.advanceTimersByTime(QUIET);
    expect(sessions.map(isClosed)).toStrictEqual([true, false]);
    sessions[0]?.destroy();
    await Promise.resolve();
    expect(resolved).not.toHaveBeenCalled();
    of(1).ended();
    vi.advanceTimersByTime(1_000);
    expect(sessions.every(isClosed)).toBe(true);
    sessions[1]?.destroy();
    await Promise.all(drains);
    expect(resolved).toHaveBeenCalledTimes(2);
  });

  it('resolves at once without connections', async () => {
    await someConnections(0).connections.drain(1_000);
  });

  it('lets a connection go that comes late', () => {
    const { connections } = someConnections(0);
    void connections.drain(1_000);
    const session = add(connections);
    vi.advanceTimersByTime(QUIET);
    expect(session.closed).toBe(true);
  });

  it('ends the connections of a broker one after another, and all of them in its time', () => {
    const { connections, sessions } = someConnections(8);
    void connections.drain(4_000);
    let before = 0;
    for (let elapsed = 0; elapsed < 4_000; elapsed += 20) {
      vi.advanceTimersByTime(20);
      const closed = sessions.filter(isClosed).length;
      expect(closed - before).toBeLessThanOrEqual(1);
      before = closed;
    }
    expect(before).toBe(8);
  });

  it('does not make one broker wait for another', () => {
    const { connections } = someConnections(0);
    const sessions = ['10.0.0.1', '10.0.0.2'].map((peer) => {
      const session = new FakeSession();
      connections.add(session as unknown as ServerHttp2Session, () => session.close(), peer);
      return session;
    });
    void connections.drain(4_000);
    vi.advanceTimersByTime(QUIET);
    expect(sessions.every(isClosed)).toBe(true);
  });
});

describe('the age of connections', () => {
  it.each([
    [0, 0.1, 1_000],
    [1, 0.1, 900],
    [0.5, 0.1, 950],
    [0.5, 0, 1_000],
    [0.25, 1, 750],
  ])('with the random number %d and jitter %d is at most %d ms', (random, jitter, age) => {
    const { sessions } = someConnections(1, { maxAge: 1_000, jitter }, () => random);
    vi.advanceTimersByTime(age + QUIET - 1);
    expect(sessions.some(isClosed)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('never ends two connections of one broker together, although they were made together', () => {
    const { sessions } = someConnections(8, { maxAge: 60_000, jitter: 0 });
    vi.advanceTimersByTime(60_000 + QUIET);
    expect(sessions.filter(isClosed)).toHaveLength(1);
    vi.advanceTimersByTime(249);
    expect(sessions.filter(isClosed)).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sessions.filter(isClosed)).toHaveLength(2);
    vi.advanceTimersByTime(4_000);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('ends a busy connection at its next quiet moment', () => {
    const { sessions, of } = someConnections(1, { maxAge: 1_000, jitter: 0 });
    of(0).began();
    vi.advanceTimersByTime(2_500);
    expect(sessions.some(isClosed)).toBe(false);
    of(0).ended();
    vi.advanceTimersByTime(QUIET);
    expect(sessions.every(isClosed)).toBe(true);
  });

  it('has no bounds when none are set', () => {
    const { sessions } = someConnections(1);
    vi.advanceTimersByTime(1e9);
    expect(sessions.some(isClosed)).toBe(false);
  });
});
