/** Recorded and rewritten traffic of brokers, call by call, from grpc-js to the built server, and the results. */
import { describe, expect, it } from 'vitest';
import { type RecordedCall, readRecording } from '../support/recordings.ts';
import { v1Life } from '../support/v1-life.ts';
import { type Answer, aBroker, type Broker, wordsOf } from './support/broker.ts';
import { type CloudEvent, findCloudEventProblems } from './support/cloud-events.ts';
import { passwordsOf, readExpected, said, yieldsEvent } from './support/expected.ts';
import { groupBy } from './support/group.ts';
import { type RunningServer, startServer } from './support/program.ts';

const lives: Record<string, RecordedCall[]> = {
  'emqx-5.3.2': readRecording('emqx-5.3.2'),
  'emqx-5.10.3': readRecording('emqx-5.10.3'),
  'emqx-4.4.3': v1Life({ meta: true }),
  'emqx-4.3.0': v1Life({ meta: false }),
};

const methodOf = ({ path }: RecordedCall) => path.split('/').at(-1) ?? '';

const common = [
  ['client.connect', 'client.connack', 'client.connected', 'client.disconnected'],
  ['client.subscribe', 'client.unsubscribe'],
  ['session.created', 'session.subscribed', 'session.unsubscribed', 'session.resumed', 'session.discarded'],
].flat();
const messages = ['message.publish', 'message.delivered', 'message.dropped', 'message.acked'];
const takeover = (life: string) => (life.startsWith('emqx-4') ? 'session.takeovered' : 'session.takenover');

/** The expected answer to a call, in words; nothing is configured. */
function answerTo(life: string, call: RecordedCall): unknown {
  switch (methodOf(call)) {
    case 'OnProviderLoaded':
      return [...common, takeover(life), 'session.terminated', ...messages];
    case 'OnClientAuthenticate':
    case 'OnClientAuthorize':
    case 'OnClientCheckAcl':
      return false;
    case 'OnMessagePublish':
      return 'ignore';
    default:
      return 'success';
  }
}

/** Each recorded connection becomes one of grpc-js; the calls of each are made one after another. */
async function live(server: RunningServer, life: readonly RecordedCall[]): Promise<Map<number, Answer>> {
  const answers = new Map<number, Answer>();
  const lanes = groupBy(life, ({ connection }) => connection);
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      const broker = aBroker(server.url);
      for (const call of lane) answers.set(call.seq, await broker.send(call));
    }),
  );
  return answers;
}

async function liveInOrder(broker: Broker, life: readonly RecordedCall[]): Promise<Map<number, Answer>> {
  const answers = new Map<number, Answer>();
  for (const call of life) answers.set(call.seq, await broker.send(call));
  return answers;
}

const eventsOf = (server: RunningServer): CloudEvent[] => server.stdout.lines.map((line) => JSON.parse(line));

/** Whether all of a list occurs in another, in the same order, whatever is between. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let next = 0;
  for (const item of whole) if (item === part[next]) next++;
  return next === part.length;
}

describe.each(Object.entries(lives))('the life of %s', (name, life) => {
  it('is answered call by call, comes out event by event, and leaves no password', async () => {
    const server = await startServer(['--log-level', 'trace']);
    const broker = aBroker(server.url);
    const answers = await liveInOrder(broker, life);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });

    const told = life.map((call) => [
      call.seq,
      methodOf(call),
      answers.get(call.seq)?.status,
      wordsOf(call.path, answers.get(call.seq) as Answer),
    ]);
    const expected = life.map((call) => [call.seq, methodOf(call), 0, answerTo(name, call)]);
    expect(told).toHaveLength(name === 'emqx-5.10.3' ? 171 : 169);
    expect(told.map(sortHooks)).toStrictEqual(expected.map(sortHooks));

    expect(server.stdout.text.endsWith('\n')).toBe(true);
    expect(server.stdout.lines.flatMap(findCloudEventProblems)).toStrictEqual([]);
    const events = eventsOf(server);
    expect(events.map(said)).toStrictEqual(readExpected(name));
    expectStamps(name, events, life.filter(yieldsEvent));

    const passwords = passwordsOf(life);
    expect(passwords.length).toBeGreaterThan(0);
    const written = `${server.stdout.text}${server.stderr.text}`;
    for (const password of passwords) expect(written).not.toContain(`"${password}"`);
    expect(written).not.toContain('"password"');
  });

  it('is in order for each connection, when its connections are busy at the same time', async () => {
    const server = await startServer();
    const answers = await live(server, life);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });

    expect([...answers.values()].filter(({ status }) => status !== 0)).toStrictEqual([]);
    const out = eventsOf(server).map((event) => JSON.stringify(said(event)));
    const expected = readExpected(name).map((event) => JSON.stringify(event));
    expect(out.toSorted()).toStrictEqual(expected.toSorted());
    const calls = life.filter(yieldsEvent);
    const byConnection = groupBy(expected.keys(), (i) => calls[i]?.connection);
    expect(byConnection.size).toBeGreaterThan(1);
    for (const [connection, indices] of byConnection) {
      const mine = indices.map((i) => expected[i] ?? '');
      expect([connection, isSubsequence(mine, out)]).toStrictEqual([connection, true]);
    }
  });
});

/** Ids, source and time: what the runtime stamps on an event. */
function expectStamps(name: string, events: readonly CloudEvent[], calls: readonly RecordedCall[]): void {
  const node = name === 'emqx-5.10.3' ? 'emqx3@127.0.0.1' : 'emqx@127.0.0.1';
  const start = Date.now();
  expect(events.map(({ source }) => source)).toStrictEqual(
    calls.map((call) => {
      if (name !== 'emqx-4.3.0') return `emqx://emqxcl/${node}`;
      // No metadata: the node comes from the client or message, and these two have neither.
      return methodOf(call).startsWith('OnProvider') ? 'emqx:///' : `emqx:///${node}`;
    }),
  );
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const [i, { type, id, time, datacontenttype }] of events.entries()) {
    const { message, clientinfo } = (calls[i]?.message ?? {}) as {
      message?: { id: string };
      clientinfo?: { clientid: string };
    };
    const hook = type.replace(/^emqx\./, '');
    if (message === undefined) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    else expect(id).toBe([message.id, hook, ...(clientinfo ? [clientinfo.clientid] : [])].join('/'));
    expect(datacontenttype).toBe('application/json');
    expect(Math.abs(new Date(time).getTime() - start)).toBeLessThan(60_000);
  }
  const times = events.map(({ time }) => time);
  expect(times).toStrictEqual(times.toSorted());
}

/** The order in which hooks are registered means nothing. */
function sortHooks(row: unknown[]): unknown[] {
  return row.map((cell) => (Array.isArray(cell) ? cell.toSorted() : cell));
}
