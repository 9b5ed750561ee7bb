/** How connections are let go: nothing that was taken is left unanswered, and each call is answered once. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  aFaultServer,
  asking,
  callGate,
  callPlain,
  type FaultServer,
  frame,
  gateRequestJson,
  grpcHeaders,
  isAnswered,
  plain,
  plainRequest,
  type RawClient,
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
    // Not quiet yet, so that a call that comes now is taken as well.
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

  it('lets each connection go at a quiet moment of its own', async () => {
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

  it('loses none of the calls that come without a pause, and answers none twice', async () => {
    const server = await aFaultServer();
    const clients = await Promise.all(Array.from({ length: 4 }, () => connected(server)));
    const before = server.shell.calls.length;
    let [answered, unsent, lost] = [0, 0, 0];
    const lanes = clients.flatMap((client) => {
      let last = Number.POSITIVE_INFINITY;
      client.session.on('goaway', (_code, lastStream) => {
        last = lastStream;
      });
      return Array.from({ length: 4 }, async () => {
        while (!client.session.closed && !client.session.destroyed) {
          const { id, answer } = sendPlain(client);
          const isSent = await answer.then(isAnswered, () => false);
          if (isSent) answered++;
          else if ((await id) > last || (await id) === 0) unsent++;
          else lost++;
        }
      });
    });
    await until(() => answered > 200);
    await server.listener.drain(50);
    await Promise.all(lanes);
    expect(lost).toBe(0);
    expect(server.shell.calls.length - before).toBe(answered);
    expect(unsent).toBeLessThanOrEqual(16);
  });
});

/** A call with the number of its stream; 0 when it was never sent. */
function sendPlain(client: RawClient) {
  const { stream, answer } = client.open(grpcHeaders(plain.path));
  stream.end(frame(plainRequest));
  const id = new Promise<number>((resolve) => {
    if (!stream.pending) return resolve(stream.id ?? 0);
    stream.once('ready', () => resolve(stream.id ?? 0));
    stream.once('close', () => resolve(stream.id ?? 0));
  });
  return { id, answer };
}

describe('the age of connections', () => {
  it('recycles them without losing a call', async () => {
    const server = await aFaultServer({ age: { maxAge: 40, jitter: 0.5 } });
    let [answered, connections] = [0, 0];
    while (connections < 5) {
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
