/** How connections are let go: nothing that was taken is left unanswered, and each call is answered once. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  aFaultServer,
  asking,
  callGate,
  callPlain,
  DATA,
  END_HEADERS,
  END_STREAM,
  type FaultServer,
  frame,
  framesIn,
  GOAWAY,
  gateRequestJson,
  grpcBlock,
  grpcHeaders,
  HEADERS,
  hello,
  http2Frame,
  isAnswered,
  PING,
  plain,
  plainRequest,
  type RawClient,
  settle,
  until,
} from './fault-support.ts';

/** Long enough never to be over within a test. */
const PATIENT = 3_600_000;

/** What happens to a connection, in order. */
function watch(client: RawClient): string[] {
  const seen: string[] = [];
  client.session.on('goaway', () => seen.push('goaway'));
  client.session.on('close', () => seen.push('close'));
  return seen;
}

async function connected(server: FaultServer): Promise<RawClient> {
  const client = server.client();
  await callPlain(client);
  return client;
}

describe('a drain', () => {
  it('ends idle connections at once and resolves', async () => {
    const server = await aFaultServer();
    const clients = [await connected(server), await connected(server)];
    const ends = clients.map(({ session }) => once(session, 'goaway'));
    await server.listener.drain(PATIENT);
    await Promise.all(ends);
    expect(server.listener.connections.size).toBe(0);
    expect(server.listener.health.isServing).toBe(false);
  });

  it('resolves for everybody who waits for it', async () => {
    const server = await aFaultServer();
    const client = await connected(server);
    const answer = callGate(client, 'a');
    await until(() => server.gate.size === 1);
    const drains = [server.listener.drain(PATIENT), server.listener.drain(PATIENT)];
    server.gate.open();
    await Promise.all([...drains, answer]);
  });

  it('of a server without connections resolves', async () => {
    const server = await aFaultServer();
    await server.listener.drain(PATIENT);
  });

  it('refuses new connections', async () => {
    const server = await aFaultServer();
    const client = await connected(server);
    const answer = callGate(client, 'a');
    await until(() => server.gate.size === 1);
    const drained = server.listener.drain(PATIENT);
    const late = server.socket();
    const [error] = await once(late.socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    server.gate.open();
    expect(isAnswered(await answer)).toBe(true);
    await drained;
  });

  it.each([
    ['the lean path', true],
    ['Connect', false],
  ])('answers the look-ups that run on %s, each once, and only then says GOAWAY', async (_name, lean) => {
    const server = await aFaultServer({ lean });
    const client = await connected(server);
    const seen = watch(client);
    const answers = ['a', 'b', 'c'].map((id) =>
      callGate(client, id).then((answer) => {
        seen.push(id);
        return answer;
      }),
    );
    await until(() => server.gate.size === 3);
    const drained = server.listener.drain(PATIENT);
    for (const id of ['b', 'a']) {
      server.gate.open(id);
      await until(() => seen.includes(id));
    }
    // Not quiet yet: a call that arrives now is accepted.
    expect(isAnswered(await callPlain(client))).toBe(true);
    expect(seen).toStrictEqual(['b', 'a']);
    server.gate.open('c');
    const all = await Promise.all(answers);
    await drained;
    await until(() => seen.includes('close'));
    expect(all.every(isAnswered)).toBe(true);
    expect(seen.filter((what) => what.length === 1)).toStrictEqual(['b', 'a', 'c']);
    expect(seen.indexOf('goaway')).toBeGreaterThan(1);
    expect(server.gate.asked.toSorted()).toStrictEqual(['a', 'b', 'c']);
  });

  it('closes each connection at its own quiet moment', async () => {
    const server = await aFaultServer();
    const [quiet, busy] = [await connected(server), await connected(server)];
    const answer = callGate(busy, 'a');
    await until(() => server.gate.size === 1);
    const seen = watch(busy);
    const drained = server.listener.drain(PATIENT);
    await once(quiet.session, 'goaway');
    expect(isAnswered(await callPlain(busy))).toBe(true);
    expect(seen).toStrictEqual([]);
    server.gate.open();
    expect(isAnswered(await answer)).toBe(true);
    await drained;
    await until(() => seen.includes('close'));
    // Node says it twice when it ends a session.
    expect([...new Set(seen)]).toStrictEqual(['goaway', 'close']);
  });

  it('gives a busy connection up when its patience is over, and still answers its calls', async () => {
    const server = await aFaultServer();
    const client = await connected(server);
    const answers = ['a', 'b'].map((id) => callGate(client, id));
    await until(() => server.gate.size === 2);
    const goaway = once(client.session, 'goaway');
    const drained = server.listener.drain(20);
    const [code, lastStream] = await goaway;
    expect(code).toBe(0);
    // All that was taken is named as taken: the client need not send it again.
    expect(lastStream).toBeGreaterThanOrEqual(5);
    expect(server.gate.size).toBe(2);
    server.gate.open();
    expect((await Promise.all(answers)).every(isAnswered)).toBe(true);
    await drained;
    expect(server.gate.asked).toHaveLength(2);
  });

  it('answers a call of Connect over HTTP/1.1 that runs', async () => {
    const server = await aFaultServer();
    const answer = fetch(`${server.url}${asking.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: gateRequestJson('a'),
    });
    await until(() => server.gate.size === 1);
    let isDrained = false;
    const drained = server.listener.drain(PATIENT).then(() => {
      isDrained = true;
    });
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    server.gate.open();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ boolResult: true });
    await drained;
  });

  it('answers a call that crosses its GOAWAY', async () => {
    const server = await aFaultServer();
    const socket = server.socket();
    await socket.write(hello());
    await settle(socket);
    const drained = server.listener.drain(PATIENT);
    const isOurs = ({ type, flags }: Frame) => type === PING && flags === 0;
    await socket.receive((received) => framesIn(received).some(isOurs));
    expect(goawaysIn(socket.received)).toStrictEqual([[LAST_STREAM, 0]]);
    const ping = framesIn(socket.received).find(isOurs);
    // Calls that a broker had sent when the first GOAWAY reached it. It answers the PING after them.
    await socket.write(
      Buffer.concat([
        http2Frame(HEADERS, END_HEADERS, 1, grpcBlock(plain.path)),
        http2Frame(DATA, END_STREAM, 1, frame(plainRequest)),
        http2Frame(PING, ACK, 0, ping?.payload ?? Buffer.alloc(0)),
      ]),
    );
    const isEnd = ({ type, flags, stream }: Frame) =>
      type === HEADERS && stream === 1 && (flags & END_STREAM) !== 0;
    await socket.receive((received) => framesIn(received).some(isEnd));
    await drained;
    expect(server.runtime.calls).toHaveLength(1);
    expect(goawaysIn(socket.received).at(-1)).toStrictEqual([1, 0]);
  });

  it('does not wait for a peer that answers no PING', async () => {
    const server = await aFaultServer();
    const socket = server.socket();
    await socket.write(hello());
    await settle(socket);
    await server.listener.drain(PATIENT);
    const [first, ...rest] = goawaysIn(socket.received);
    expect(first).toStrictEqual([LAST_STREAM, 0]);
    // Node says it twice when it ends a session.
    expect(new Set(rest.map(String))).toStrictEqual(new Set(['0,0']));
  });

  it('loses none of the calls that come without a pause, and answers none twice', async () => {
    const server = await aFaultServer();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connected(server)));
    const before = server.runtime.calls.length;
    let [answered, refused] = [0, 0];
    const lanes = clients.flatMap((client) =>
      Array.from({ length: 4 }, async () => {
        while (!client.session.closed && !client.session.destroyed) {
          const { stream, answer } = client.open(grpcHeaders(plain.path));
          stream.end(frame(plainRequest));
          if (await answer.then(isAnswered, () => false)) answered++;
          else refused++;
        }
      }),
    );
    await until(() => answered > 200);
    await server.listener.drain(50);
    await Promise.all(lanes);
    // Unanswered calls were never sent: each lane may have one such call when its client notices the end.
    expect(server.runtime.calls.length - before).toBe(answered);
    expect(refused).toBeLessThanOrEqual(16);
  });
});

type Frame = ReturnType<typeof framesIn>[number];

/** Above all streams that a client can open. */
const LAST_STREAM = 0x7fff_ffff;
/** Of a PING. */
const ACK = 1;

/** Last stream and code of each. */
function goawaysIn(received: Buffer): number[][] {
  return framesIn(received)
    .filter(({ type }) => type === GOAWAY)
    .map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)]);
}

describe('the age of connections', () => {
  it('recycles them without losing a call', async () => {
    const server = await aFaultServer({ age: { maxAge: 40, jitter: 0.5 } });
    let [answered, connections] = [0, 0];
    while (connections < 2) {
      const client = server.client();
      connections++;
      const isOver = once(client.session, 'goaway');
      let isGone = false;
      void isOver.then(() => {
        isGone = true;
      });
      while (!isGone) {
        const answer = callGate(client, `${connections}-${answered}`);
        // Not sent any more: between GOAWAY and our notice of it.
        const isDone = answer.then(isAnswered, () => isGone || client.session.closed);
        await until(() => server.gate.size === 1 || isGone || client.session.destroyed);
        server.gate.open();
        expect(await isDone).toBe(true);
        answered++;
      }
    }
    expect(answered).toBeGreaterThanOrEqual(connections);
  });

  it('spares a connection while it has a call in flight', async () => {
    const server = await aFaultServer({ age: { maxAge: 1, jitter: 0 } });
    const client = server.client();
    const seen = watch(client);
    const answer = callGate(client, 'a');
    await until(() => server.gate.size === 1);
    // Calls that come meanwhile are taken too: the connection is old by now.
    for (let i = 0; i < 20; i++) expect(isAnswered(await callPlain(client))).toBe(true);
    expect(seen).toStrictEqual([]);
    server.gate.open();
    expect(isAnswered(await answer)).toBe(true);
    await until(() => seen.includes('goaway'));
  });
});
