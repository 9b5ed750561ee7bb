/** The built `exhook dev` and `exhook demo`, with clients that are not ours. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reasonOf } from '../cli/dev/support/dev-broker.ts';
import { isServerMissing } from '../support/servers/process.ts';
import { root } from '../support/source.ts';
import { until } from '../support/until.ts';
import { exhook, type Program, run, start, temporaryDirectory, temporaryFile } from './support/program.ts';
import { ProgramOnTerminal } from './support/pty.ts';

interface Dev {
  readonly program: Program;
  readonly mqtt: number;
  readonly ws: number;
}

const ports = ['--mqtt', '0', '--ws', '0', '--inspect', '0'];

async function startDev(args: readonly string[] = [], program?: string): Promise<Dev> {
  const dev = start(['dev', ...ports, ...args], { entry: 'cli.js', ...(program && { program }) });
  return { program: dev, ...(await portsOf(dev)) };
}

async function portsOf({ stdout }: Pick<Program, 'stdout'>): Promise<{ mqtt: number; ws: number }> {
  const text = await stdout.until('what to try', (heard) => /Not as in EMQX/.test(heard.text) && heard.text);
  const [, mqtt] = /^MQTT +127\.0\.0\.1:(\d+)$/m.exec(text) ?? [];
  const [, ws] = /^WebSocket +ws:\/\/127\.0\.0\.1:(\d+)\/mqtt$/m.exec(text) ?? [];
  return { mqtt: Number(mqtt), ws: Number(ws) };
}

async function connect(url: string, options: IClientOptions): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 0, ...options }, false);
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  return client;
}

const pump = { clientId: 'pump-1', username: 'pump-1', password: 'pump-one' };
const board = { clientId: 'board', username: 'dashboard', password: 'look-at-all' };

describe('exhook dev', () => {
  it('refuses, drops and rewrites as its example policy says, over TCP and WebSocket', async () => {
    const { mqtt, ws } = await startDev();
    const watcher = await connect(`ws://127.0.0.1:${ws}/mqtt`, { ...board, protocolVersion: 5 });
    const got: string[] = [];
    watcher.on('message', (topic, payload) => got.push(`${topic} ${payload}`));
    await watcher.subscribeAsync('devices/#', { qos: 1 });
    const url = `mqtt://127.0.0.1:${mqtt}`;
    await expect(connect(url, { ...pump, password: 'wrong' })).rejects.toMatchObject({ code: 5 });
    await expect(connect(url, { ...pump, clientId: 'pump-2' })).rejects.toMatchObject({ code: 5 });
    const client = await connect(url, { ...pump, protocolVersion: 5 });
    const publish = (topic: string, payload: string) => client.publishAsync(topic, payload, { qos: 1 });
    await expect(publish('devices/pump-2/reading', '{"celsius":1}')).rejects.toMatchObject({ code: 0x87 });
    expect(await reasonOf(client, 'devices/pump-1/reading', '{"celsius":900}')).toBe(0x10);
    await publish('devices/pump-1/reading', '{"celsius":21.5}');
    await until('the reading', () => got.length > 0);
    expect(got).toStrictEqual(['devices/pump-1/reading {"celsius":21.5,"device":"pump-1"}']);
  });

  it('ends with SIGTERM: clients are disconnected, and the status is 0', async () => {
    const { program, mqtt } = await startDev();
    const client = await connect(`mqtt://127.0.0.1:${mqtt}`, { ...pump, protocolVersion: 5 });
    const told = new Promise((resolve) => client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)));
    expect(await program.stop('SIGTERM')).toStrictEqual({ code: 0, signal: null });
    expect(await told).toBe(0x8b);
  });

  it.each(['mqtt', 'ws', 'inspect'])(
    'says what to do when the port of --%s is taken, and ends with status 2',
    async (flag) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      onTestFinished(() => void taken.close());
      const { port } = taken.address() as { port: number };
      const { code, stderr } = await exhook(['dev', ...ports, `--${flag}`, String(port)]);
      expect([code, stderr.trimEnd().split('\n').at(-1)]).toStrictEqual([
        2,
        `port ${port} is taken on 127.0.0.1: stop what listens there, or choose another with --${flag}`,
      ]);
    },
  );

  it('prints the URL of the inspector, which knows the broker and shows each call', async () => {
    const { mqtt, ws, program } = await startDev(['--as', '6.3.1']);
    const [, origin, token] =
      /^Inspector +(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)$/m.exec(program.stdout.text) ?? [];
    const ask = async (path: string, headers = { authorization: `Bearer ${token}` }) =>
      await fetch(`${origin}${path}`, { headers });
    expect((await ask('/api/info', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect(await (await ask('/api/info')).json()).toMatchObject({
      capabilities: {
        dev: true,
        write: false,
        mqtt: { tcp: `mqtt://127.0.0.1:${mqtt}`, ws: `ws://127.0.0.1:${ws}/mqtt`, as: '6.3.1' },
      },
    });
    await connect(`mqtt://127.0.0.1:${mqtt}`, pump);
    await until('the login', async () =>
      (await (await ask('/api/calls')).text()).includes('client.authenticate'),
    );
  });

  it.each([
    [['--mqtt', '70000'], 'Write a port: a whole number from 0 to 65535.'],
    [['--as', '4.4.0'], 'Allowed choices are 5.10.3, 6.3.1, 5.3.2.'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await exhook(['dev', ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('ends with status 2 and every problem when its configuration is not good', async () => {
    const config = temporaryFile('exhook.yaml', 'authorize: { rules: [{ allow: all, topics: "a/#/b" }] }\n');
    const { code, stderr } = await exhook(['dev', ...ports, '--config', config]);
    expect(code).toBe(2);
    expect(stderr).toContain(config);
  });

  const policyFor = (topic: string) =>
    `authenticate: { methods: [{ anonymous: { who: { address: 127.0.0.0/8 } } }] }\nauthorize: { rules: [{ allow: all, topics: ${topic} }] }\nevents: { stdout: "off" }\n`;

  it('puts a changed policy in force without disconnecting anybody', async () => {
    const config = temporaryFile('exhook.yaml', policyFor('before'));
    const { mqtt } = await startDev(['--config', config]);
    const client = await connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'c', protocolVersion: 5 });
    const publish = () => client.publishAsync('after', 'x', { qos: 1 });
    await expect(publish()).rejects.toMatchObject({ code: 0x87 });
    writeFileSync(config, policyFor('after'));
    await until('the new policy', () =>
      publish().then(
        () => true,
        () => false,
      ),
    );
    expect(client.connected).toBe(true);
  });

  it('loads a changed module again, and starts the server again where a change needs that', async () => {
    const folder = temporaryDirectory();
    const config = join(folder, 'exhook.yaml');
    const module = join(folder, 'hooks.mjs');
    const library = join(root, 'dist/index.js');
    const hooks = (topic: string) => `
      import { allow, defineHook, deny } from ${JSON.stringify(library)};
      export default defineHook({
        name: 'client.authorize',
        decide: ({ topic }) => ({ reply: topic === ${JSON.stringify(topic)} ? allow() : deny() }),
      });
    `;
    writeFileSync(module, hooks('before'));
    writeFileSync(config, 'hooks: { custom: ./hooks.mjs }\nevents: { stdout: "off" }\n');
    const { mqtt, program } = await startDev(['--config', config]);
    const client = await connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'c', protocolVersion: 5 });
    const publish = (topic: string) =>
      client.publishAsync(topic, 'x', { qos: 1 }).then(
        () => true,
        () => false,
      );
    expect([await publish('before'), await publish('after')]).toStrictEqual([true, false]);
    writeFileSync(module, hooks('after'));
    await until('the new module', () => publish('after'));
    expect(await publish('before')).toBe(false);
    writeFileSync(module, 'this is no module');
    await program.logged(/a module was not loaded; the previous one stays in effect/);
    expect(await publish('after')).toBe(true);
    writeFileSync(config, 'hooks: { custom: [] }\nevents: { stdout: "off" }\n');
    await until('the new configuration', () => publish('before'));
    expect(client.connected).toBe(true);
  });

  it.each(['5.10.3', '6.3.1', '5.3.2'])('calls as EMQX %s, whose list of hooks it takes', async (as) => {
    const config = temporaryFile(
      'exhook.yaml',
      'publish: { at: auto, rules: [{ topics: no/#, drop: no }] }\nevents: { stdout: "off" }\n',
    );
    const { mqtt, program } = await startDev(['--config', config, '--as', as]);
    const client = await connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'c', protocolVersion: 5 });
    expect(await reasonOf(client, 'no/1', 'x')).toBe(0x10);
    const [, hooks] = / does, for (\d+) hooks?$/m.exec(program.stdout.text) ?? [];
    expect(Number(hooks)).toBe(as === '6.3.1' ? 2 : 1);
  });

  it.skipIf(isServerMissing('mosquitto_pub', 'mosquitto-clients'))(
    'prints commands that do what they say',
    async () => {
      const { program } = await startDev();
      const commands = program.stdout.text.match(/^ {2}mosquitto_pub .*$/gm) ?? [];
      expect(commands.length).toBe(4);
      for (const command of commands) {
        const shell = new Promise((resolve) =>
          execFile('sh', ['-c', command], (error) => resolve(error === null ? 0 : 1)),
        );
        expect([command, await shell]).toStrictEqual([command, command.includes('-P wrong') ? 1 : 0]);
      }
      const decided = (pattern: RegExp) =>
        program.stderr.until(`a decision ${pattern}`, ({ text }) => pattern.test(text));
      for (const pattern of [/own topics/, /rewrite/, /does not meet the schema/]) await decided(pattern);
    },
  );
});

describe('exhook demo', () => {
  it('replays a recorded life without a terminal, and leaves out what no broker would ask', async () => {
    const { code, stdout } = await exhook(['demo']);
    expect(code).toBe(0);
    expect(stdout).toContain('"type":"emqx.message.publish"');
    expect(stdout).toMatch(
      /\n(\d+) calls: \1 answered, 0 failed; not sent, since the server did not ask for these hooks: 14 client\.authenticate, \d+ client\.authorize\n$/,
    );
    expect(stdout).not.toMatch(/\bdeny\b/);
  });

  it('shows devices that are refused, rewritten, and whose sink fails, on a terminal', async () => {
    const demo = new ProgramOnTerminal(['demo', ...ports], {}, 'cli.js');
    const shows = (what: RegExp) => demo.screen.until(`it shows ${what}`, ({ text }) => what.test(text));
    await shows(/Ctrl-C ends it/);
    for (const what of [/pump-3.*/, /rewrite/, /does not meet the schema/, /alarms|pager/]) await shows(what);
    process.kill(await demo.pid(), 'SIGINT');
    expect(await demo.ended()).toBe(0);
  });

  it('works from the packed package', async () => {
    const folder = temporaryDirectory();
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: root,
    });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    execFileSync('tar', ['-xzf', `exhook-edge-${version}.tgz`], { cwd: folder });
    const program = join(folder, 'package', 'dist');
    symlinkSync(join(root, 'node_modules'), join(folder, 'package', 'node_modules'));
    const { code, stdout } = await run(['demo', '--replay'], { entry: 'cli.js', program, cwd: folder });
    expect([code, /answered, 0 failed/.test(stdout)]).toStrictEqual([0, true]);
    const { mqtt } = await startDev([], program);
    await connect(`mqtt://127.0.0.1:${mqtt}`, pump);
  }, 180_000);
});
