/** The built server behind stand-ins that do what releases of EMQX were seen to do. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { BrokerNode, type NodeOptions } from '../support/stand-in/broker-node.ts';
import { sharedServerOf } from './support/policy-server.ts';
import { hurried, type RunningServer, startServer, temporaryFile } from './support/program.ts';

async function serve(config: object, port?: number, env: object = {}): Promise<RunningServer> {
  const whole = { events: { stdout: 'off' }, ...(port !== undefined && { listen: { port } }), ...config };
  const path = temporaryFile('exhook.yaml', JSON.stringify(whole));
  return await startServer(['--config', path], {
    env: { ...env, ...(port !== undefined && { PORT: String(port) }) },
  });
}

async function loaded(server: RunningServer, options: NodeOptions): Promise<BrokerNode> {
  const node = new BrokerNode(server.url, options);
  await node.load();
  return node;
}

const prefix = { topics: ['t/#', 'p/#'], set: { topic: 'p/${topic}' } };
const stop = { topics: 'no/#', drop: 'not wanted' };
const both = { rules: [stop, prefix] };
/** Admits nobody who connects here. */
const nobody = { methods: [{ anonymous: { who: { clientid: ['nobody'] } } }] };
const RELEASES = ['5.3.2', '5.10.3', '6.2.0', '6.3.0'];

describe('message rules', () => {
  it.each(RELEASES)('at message.publish come after the retainer on %s', async (version) => {
    const { server } = await sharedServerOf({ publish: both });
    const node = await loaded(server, { version, node: `emqx-${version}@10.0.0.1` });
    expect(node.hooks).toStrictEqual(['message.publish']);
    expect(await node.publish({ topic: 't/1', retain: true })).toMatchObject({
      routed: { topic: 'p/t/1' },
      retained: { topic: 't/1' },
      acknowledged: true,
    });
    const dropped = await node.publish({ topic: 'no/1', retain: true });
    expect(dropped).toMatchObject({ routed: undefined, retained: { topic: 'no/1' }, acknowledged: true });
  });

  it('at message.ingress come before the retainer, and judge once, but for what no client sent', async () => {
    const node = await loaded(await serve({ publish: { ...both, at: 'auto' } }), { version: '6.3.0' });
    expect(node.hooks).toStrictEqual(['message.ingress', 'message.publish']);
    const published = await node.publish({ topic: 't/1', retain: true });
    expect(published).toMatchObject({ routed: { topic: 'p/t/1' }, retained: { topic: 'p/t/1' } });
    expect((await node.publish({ topic: 't/1', isFromRest: true })).routed).toMatchObject({ topic: 'p/t/1' });
    const dropped = await node.publish({ topic: 'no/1', retain: true });
    expect(dropped).toMatchObject({ routed: undefined, retained: { topic: 'no/1' }, acknowledged: true });
  });

  it('are applied at message.publish if the call of message.ingress fails and the broker continues', async () => {
    const server = await serve({ publish: { ...both, at: 'ingress' } });
    const node = await loaded(server, { version: '6.3.0', failedAction: 'ignore' });
    expect((await node.publish({ topic: 't/1' })).routed).toMatchObject({ topic: 'p/t/1' });
    node.losing = ['message.ingress'];
    expect((await node.publish({ topic: 'no/1' })).routed).toBeUndefined();
    expect((await node.publish({ topic: 't/1' })).routed).toMatchObject({ topic: 'p/t/1' });
  });

  it('at message.ingress refuse a message unacknowledged, together with its client', async () => {
    const publish = { ...both, at: 'ingress', ingressDrop: 'disconnect' };
    const node = await loaded(await serve({ publish }), { version: '6.3.0' });
    expect(await node.publish({ topic: 'no/1', retain: true })).toStrictEqual({
      routed: undefined,
      retained: undefined,
      acknowledged: false,
      isDisconnected: true,
    });
  });

  it.each<
    [version: string, at: string, failedAction: 'deny' | 'ignore', routed: boolean, disconnected: boolean]
  >([
    // Its calls have no Correlation-Data.
    ['5.3.2', 'publish', 'deny', false, false],
    ['5.10.3', 'publish', 'deny', true, false],
    ['6.2.0', 'auto', 'deny', true, false],
    ['6.3.0', 'publish', 'deny', true, false],
    ['6.3.0', 'auto', 'deny', false, true],
    ['6.3.0', 'auto', 'ignore', true, false],
  ])(
    'and Correlation-Data that is not UTF-8: on %s with publish.at: %s and failed_action = %s it gets by: %s',
    async (version, at, failedAction, routed, isDisconnected) => {
      const { server } = await sharedServerOf({ publish: { rules: [stop], at } });
      const node = await loaded(server, {
        version,
        failedAction,
        node: `emqx-${version}-${failedAction}@10.0.0.1`,
      });
      const published = await node.publish({ topic: 'no/1', isUnencodable: true });
      expect([published.routed !== undefined, published.isDisconnected]).toStrictEqual([
        routed,
        isDisconnected,
      ]);
    },
  );
});

describe('the list of hooks', () => {
  it('depends on the release of each node, in a cluster that is being upgraded', async () => {
    const server = await serve({ publish: { ...both, at: 'auto' } });
    const nodes = [
      await loaded(server, { version: '6.2.0', node: 'emqx@a' }),
      await loaded(server, { version: '6.3.0', node: 'emqx@b' }),
      await loaded(server, { version: '6.3.0-rc.1', node: 'emqx@c', hasIngress: false }),
    ];
    expect(nodes.map(({ hooks, status }) => [hooks.length, status])).toStrictEqual([
      [1, 'connected'],
      [2, 'connected'],
      [1, 'connected'],
    ]);
    for (const node of nodes)
      expect((await node.publish({ topic: 't/1' })).routed).toMatchObject({ topic: 'p/t/1' });
  });

  it('is shortened for a release that refuses it, and its policy is enforced', async () => {
    const server = await serve({
      authenticate: nobody,
      publish: { ...both, at: 'ingress', ingress: 'always' },
    });
    const node = await loaded(server, { version: '6.2.0' });
    expect([node.status, node.hooks, await node.connect('c1')]).toStrictEqual(['connecting', [], true]);
    await node.reconnect();
    expect([node.status, await node.connect('c1')]).toStrictEqual(['connected', false]);
    expect(node.hooks).toStrictEqual(['client.authenticate', 'message.publish']);
    expect(await server.logged(/may not know message\.ingress/)).toMatchObject({ node: node.node });
  });

  it.each(['5.3.2', '6.2.0'])(
    'stays the old one after a quick restart, which %s does not notice; the server does',
    async (version) => {
      const port = await freePort();
      const first = await serve({ hooks: { register: ['client.connected'] } }, port);
      const node = await loaded(first, { version });
      await first.stop();
      const policy = { hooks: { register: ['client.connected'] }, authenticate: nobody };
      const second = await serve(policy, port, hurried);
      expect(await node.checkHealth()).toBe(true);
      await node.reconnect();
      let isSaid = false;
      const said = second.logged(/the hook list of a broker node is not the current one/).then((line) => {
        isSaid = true;
        return line;
      });
      while (!isSaid) {
        // The new policy, which admits nobody, is not asked.
        expect(await node.connect('c1')).toBe(true);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(await said).toMatchObject({ node: node.node, missing: ['client.authenticate'] });
      await node.reload();
      // A call on a connection that was closed meanwhile is lost on 5.3.2; the broker asks again.
      while (node.hooks.length === 0) await node.load();
      expect([node.hooks.length, await node.connect('c1')]).toStrictEqual([2, false]);
    },
    60_000,
  );

  it('is known to be the first one on a node that has not asked since, if a policy is new', async () => {
    const port = await freePort();
    const config = (more: object) =>
      JSON.stringify({ listen: { port }, events: { stdout: 'off' }, authenticate: nobody, ...more });
    const path = temporaryFile('exhook.yaml', config({}));
    const env = { PORT: String(port) };
    const first = await startServer(['--config', path], { env });
    const node = await loaded(first, { version: '6.2.0' });
    await first.stop();
    const second = await startServer(['--config', path], { env: { ...env, ...hurried } });
    expect(await node.connect('c1')).toBe(false);
    writeFileSync(path, config({ publish: { rules: [stop] } }));
    second.signal('SIGHUP');
    let isSaid = false;
    const said = second.logged(/the hook list of a broker node is not the current one/).then((line) => {
      isSaid = true;
      return line;
    });
    while (!isSaid) {
      expect((await node.publish({ topic: 'no/1' })).routed).toBeDefined();
      await node.connect('c1');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await said).toMatchObject({ node: node.node, missing: ['message.publish'] });
    await node.reload();
    expect((await node.publish({ topic: 'no/1' })).routed).toBeUndefined();
  }, 60_000);
});

describe('an outage that the health check notices', () => {
  it.each([
    ['5.10.3', 2],
    ['6.2.0', 1],
  ])(
    'has %s make each call %d times, and the second event of a call has the id of the first',
    async (version, times) => {
      const port = await freePort();
      const config = { events: { stdout: 'json' }, hooks: { register: ['client.connected'] } };
      const first = await serve(config, port);
      const node = await loaded(first, { version });
      await first.stop();
      expect(await node.checkHealth()).toBe(false);
      const second = await serve(config, port);
      await node.reconnect();
      expect(node.status).toBe('connected');
      await node.connect('c1');
      await second.stop();
      const ids = second.stdout.lines
        .map((line) => JSON.parse(line) as { type: string; id: string })
        .filter(({ type }) => type === 'emqx.client.connected')
        .map(({ id }) => id);
      expect([ids.length, new Set(ids).size]).toStrictEqual([times, 1]);
    },
  );
});

describe('a connection that is ended by the server', () => {
  it.each(['5.3.2', '6.2.0'])(
    'costs %s no call that waits for the next one: it ends when it is quiet',
    async (version) => {
      const server = await serve({ publish: { rules: [stop] } });
      const node = await loaded(server, { version });
      for (let i = 0; i < 50; i++) await node.publish({ topic: 'no/1', clientid: `c${i}` });
      const stopped = server.stop();
      const published = await node.publish({ topic: 'no/1' });
      expect(published.routed).toBeUndefined();
      expect(await stopped).toStrictEqual({ code: 0, signal: null });
      expect(node.lost).toBe(0);
    },
  );
});
