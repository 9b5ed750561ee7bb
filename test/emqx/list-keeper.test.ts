/** The server looks after its own entry in the broker: against a stand-in for the REST API. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openEmqxClient } from '../../src/emqx/client.ts';
import { ListKeeper, type ListKeeperOptions, SPREAD } from '../../src/emqx/list-keeper.ts';
import type { HookSpec } from '../../src/protocol/schema/replies.ts';
import { aBroker, aServer, type FakeEmqx, type FakeState, KEY, SECRET } from './fake-emqx.ts';

const MINUTE = 60_000;
const hooks = (...names: HookSpec['name'][]): HookSpec[] => names.map((name) => ({ name, topics: [] }));
const held = (...names: string[]) => ({ 'exhook-edge': names.map((name) => ({ name, params: {} })) });
const ours = hooks('client.connected', 'client.authenticate');

let now = 0;
let lines: string[] = [];
let slept: number[] = [];
beforeEach(() => {
  now = 0;
  lines = [];
  slept = [];
});

interface Replica {
  readonly keeper: ListKeeper;
  own: HookSpec[] | undefined;
  isChosen: boolean;
}

async function aReplica(
  { url }: FakeEmqx,
  more: Partial<ListKeeperOptions> & { isIngressRefused?: boolean } = {},
): Promise<Replica> {
  const { isIngressRefused = false, ...options } = more;
  const line = (level: string) => (fields: object | string, text?: string) =>
    void lines.push(`${level}: ${text ?? fields}`);
  const replica: Replica = {
    own: ours,
    isChosen: true,
    keeper: new ListKeeper({
      client: await openEmqxClient({ url: new URL(url), key: KEY, secret: SECRET }),
      name: 'exhook-edge',
      mayReload: true,
      log: { info: line('info'), warn: line('warn'), error: line('error') } as never,
      own: () => replica.own && { hooks: replica.own, ingress: 'auto', isIngressRefused },
      isChosen: async () => replica.isChosen,
      now: () => now,
      random: () => 0.5,
      sleep: async (milliseconds) => void slept.push(milliseconds),
      pauses: [0, 0, 0],
      ...options,
    }),
  };
  return replica;
}

/** A broker that holds an old list, and reads ours when it loads this server again. */
const anOldBroker = (more: Partial<FakeState> = {}) =>
  aBroker({
    servers: [aServer()],
    hooks: held('client.connected'),
    hooksOfOurs: ours.map(({ name }) => name),
    ...more,
  });
const changes = ({ requests }: FakeEmqx) => requests.filter((request) => request.startsWith('PUT'));
const heldBy = ({ state }: FakeEmqx) => state.hooks['exhook-edge']?.map(({ name }) => name);

describe('a broker that holds another list of hooks', () => {
  it('is made to read the list again: disabled and enabled, with all that its entry says', async () => {
    const broker = await anOldBroker({
      servers: [aServer({ request_timeout: '3s', socket_options: { keepalive: true } })],
    });
    const { keeper } = await aReplica(broker);
    await keeper.look();
    expect(changes(broker)).toStrictEqual(['PUT /exhooks/exhook-edge', 'PUT /exhooks/exhook-edge']);
    expect(heldBy(broker)).toStrictEqual(['client.connected', 'client.authenticate']);
    expect(broker.state.servers[0]).toMatchObject({
      enable: true,
      request_timeout: '3s',
      socket_options: { keepalive: true },
    });
    expect(slept).toStrictEqual([SPREAD / 2]);
    expect(lines.at(-1)).toMatch(/^info: .*disabled and enabled there$/);
    await keeper.look();
    expect(changes(broker)).toHaveLength(2);
  });

  it('is only told of without the action, once, with the remedy', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker, { mayReload: false });
    await keeper.look();
    await keeper.look();
    expect(changes(broker)).toStrictEqual([]);
    expect(lines).toStrictEqual([expect.stringMatching(/^warn: .*exhook-edge.*exhook register --reload/)]);
  });

  it.each<[what: string, more: Partial<FakeState>]>([
    ['has a node that is not connected', { status: { 'exhook-edge': 'disconnected' } }],
    ['has a node that is being connected', { status: { 'exhook-edge': 'connecting' } }],
    [
      'runs two releases',
      {
        nodes: [
          { node: 'a', node_status: 'running', version: '6.2.0' },
          { node: 'b', node_status: 'running', version: '6.3.0' },
        ],
      },
    ],
    [
      'has a node that does not run',
      {
        nodes: [
          { node: 'a', node_status: 'running', version: '6.2.0' },
          { node: 'b', node_status: 'stopped', version: '6.2.0' },
        ],
      },
    ],
    ['has no entry of this name', { servers: [aServer({ name: 'other' })] }],
    ['has disabled the entry', { servers: [aServer({ enable: false })] }],
    ['does not let this key read', { forbidden: ['/exhooks/exhook-edge'] }],
    ['does not tell its nodes', { forbidden: ['/nodes'] }],
    ['holds the same list', { hooks: held('client.authenticate', 'client.connected') }],
  ])('is left alone when it %s', async (_what, more) => {
    const broker = await anOldBroker(more);
    const { keeper } = await aReplica(broker);
    await keeper.look();
    await keeper.look();
    expect(changes(broker)).toStrictEqual([]);
    expect(lines.length).toBeLessThanOrEqual(1);
  });

  it('is left alone by a server that drains, that is not chosen among its workers, or whose hooks are answered by a custom hook', async () => {
    const broker = await anOldBroker();
    const replica = await aReplica(broker);
    replica.isChosen = false;
    await replica.keeper.look();
    expect(broker.requests).toStrictEqual([]);
    replica.isChosen = true;
    replica.own = undefined;
    await replica.keeper.look();
    expect(broker.requests).toStrictEqual([]);
  });

  it('is reloaded at most once in ten minutes', async () => {
    const broker = await anOldBroker();
    const replica = await aReplica(broker);
    await replica.keeper.look();
    expect(changes(broker)).toHaveLength(2);
    replica.own = hooks('client.connected');
    broker.state.hooksOfOurs = ['client.connected'];
    now += 10 * MINUTE - 1;
    await replica.keeper.look();
    expect(changes(broker)).toHaveLength(2);
    now += 1;
    await replica.keeper.look();
    expect(changes(broker)).toHaveLength(4);
  });

  it('is not reloaded again when that did not help, until the list changes', async () => {
    const broker = await anOldBroker({ hooksOfOurs: ['client.connected'] });
    const replica = await aReplica(broker);
    for (let i = 0; i < 5; i++) {
      await replica.keeper.look();
      now += 20 * MINUTE;
    }
    expect(changes(broker)).toHaveLength(2);
    expect(
      lines.filter((line) => line.startsWith('error: the list of hooks in the broker still differs')),
    ).toHaveLength(1);
    replica.own = hooks('client.connected', 'client.authorize');
    await replica.keeper.look();
    expect(changes(broker)).toHaveLength(4);
  });

  it('is reloaded by the first of several replicas alone', async () => {
    const broker = await anOldBroker();
    const waiting: (() => void)[] = [];
    const sleep = () => new Promise<void>((resolve) => waiting.push(resolve));
    const replicas = await Promise.all([1, 2, 3].map(() => aReplica(broker, { sleep })));
    const looks = replicas.map(({ keeper }) => keeper.look());
    await expect.poll(() => waiting.length).toBe(3);
    for (const [i, wake] of waiting.entries()) {
      wake();
      await looks[i];
    }
    await Promise.all(looks);
    expect(changes(broker)).toHaveLength(2);
  });

  it('is not touched when the server stops while it waits', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker, { sleep: () => keeper.close() });
    await keeper.look();
    expect(changes(broker)).toStrictEqual([]);
  });

  it('is not touched when the server begins to drain while it waits', async () => {
    const broker = await anOldBroker();
    const replica = await aReplica(broker, {
      sleep: async () => {
        replica.isChosen = false;
      },
    });
    await replica.keeper.look();
    expect(changes(broker)).toStrictEqual([]);
  });

  it('and has disabled the entry is said to have', async () => {
    const broker = await anOldBroker({ servers: [aServer({ enable: false })] });
    await (await aReplica(broker)).keeper.look();
    expect(lines).toStrictEqual([expect.stringMatching(/exhook-edge is disabled in the broker$/)]);
  });

  it('is enabled again although a request fails, and before the server stops', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker, { pauses: [0, 200, 200] });
    broker.state.failingEnables = 2;
    const looking = keeper.look();
    await expect.poll(() => changes(broker).length, { interval: 5 }).toBeGreaterThan(0);
    await keeper.close();
    expect(broker.state.servers[0]?.enable).toBe(true);
    await looking;
    expect(changes(broker)).toHaveLength(4);
  });

  it('that stays disabled is an error that says so', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker);
    broker.state.failingEnables = 100;
    await keeper.look();
    expect(lines.at(-1)).toMatch(/^error: .*Check that the ExHook server is enabled there$/);
    expect(lines.join()).not.toContain(SECRET);
  });

  it('that stays disabled is enabled at the next look that can: nobody else disabled it', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker);
    broker.state.failingEnables = 8;
    await keeper.look();
    expect(broker.state.servers[0]?.enable).toBe(false);
    for (let i = 0; i < 10 && broker.state.servers[0]?.enable === false; i++) {
      now += MINUTE;
      await keeper.look();
    }
    expect(broker.state.servers[0]?.enable).toBe(true);
    expect(lines.at(-1)).toMatch(/^info: enabled the ExHook server in the broker again/);
  });

  it('that was deleted meanwhile is not enabled again', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker);
    broker.state.failingEnables = 100;
    await keeper.look();
    broker.state.servers.length = 0;
    await keeper.look();
    expect(lines.at(-1)).toMatch(/the broker does not have an ExHook server named exhook-edge$/);
  });

  it('that was disabled meanwhile stays disabled', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker);
    broker.state.failingEnables = 100;
    await keeper.look();
    broker.state.failingEnables = 0;
    (broker.state.servers[0] as { enable: boolean }).enable = true;
    await keeper.look();
    (broker.state.servers[0] as { enable: boolean }).enable = false;
    await keeper.look();
    expect(broker.state.servers[0]?.enable).toBe(false);
  });

  it('that could not be disabled is reloaded ten minutes later: it does not count as a reload that did not help', async () => {
    const broker = await anOldBroker();
    const { keeper } = await aReplica(broker);
    broker.state.failingDisables = 1;
    await keeper.look();
    now += 10 * MINUTE;
    await keeper.look();
    expect(lines.join()).not.toContain('still differs after a reload');
    expect(heldBy(broker)).toStrictEqual(ours.map(({ name }) => name));
  });
});

describe('message.ingress', () => {
  const all = hooks('message.ingress', 'message.publish');
  it.each<[version: string, isIngressRefused: boolean, broker: string[], expected: number]>([
    ['6.2.0', false, ['message.publish'], 0],
    ['6.3.0', false, ['message.publish'], 2],
    ['6.3.0', true, ['message.publish'], 0],
    ['6.3.0', false, ['message.ingress', 'message.publish'], 0],
  ])(
    'belongs to the list of %s (refused: %s) when that holds %j as far as it can',
    async (version, isIngressRefused, list, expected) => {
      const broker = await anOldBroker({
        hooks: held(...list),
        nodes: [{ node: 'a', node_status: 'running', version }],
      });
      const replica = await aReplica(broker, { isIngressRefused });
      replica.own = all;
      await replica.keeper.look();
      expect(changes(broker)).toHaveLength(expected);
    },
  );
});
