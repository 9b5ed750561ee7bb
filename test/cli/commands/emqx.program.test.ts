import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { doctorCommand } from '../../../src/cli/commands/doctor.ts';
import { emqxConfigCommand, readOwnUrl } from '../../../src/cli/commands/emqx-config.ts';
import { registerCommand } from '../../../src/cli/commands/register.ts';
import { aBroker, aServer, type FakeState, KEY, SECRET } from '../../emqx/fake-emqx.ts';
import { aFile, aTerminal } from './fake-terminal.ts';

const env = { EMQX_API_KEY: KEY, EMQX_API_SECRET: SECRET };
const EVENTS = 'hooks: { register: [client.connected, client.disconnected] }\n';
const STRICT = `${EVENTS}authorize: { rules: [{ allow: publish, topics: ["a/#"] }] }\nauthenticate: { methods: [{ users: { file: ./users.yaml } }] }\n`;
const everything = ({ printed, complained }: ReturnType<typeof aTerminal>) =>
  [...printed, ...complained].join('\n');

/** A server that answers everything the same way. */
async function aListener(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('exhook doctor', () => {
  it('prints the problem, the reason, and the fix', async () => {
    const { url } = await aBroker();
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', EVENTS);
    expect(await doctorCommand({ emqx: url, config }, env, terminal)).toBe(1);
    expect(terminal.printed[0]).toBe('ERROR  the broker has no ExHook server  [not-registered]');
    expect(terminal.printed[1]).toMatch(/^ {4}why: /);
    expect(terminal.printed[2]).toMatch(/^ {4}fix: run exhook register /);
    expect(terminal.printed.at(-1)).toBe('1 error, 0 warnings. docs/doctor.md explains each.');
  });

  it('says that nothing is wrong, and calls warnings no failure', async () => {
    const { url, state } = await aBroker({ servers: [aServer()] });
    state.hooks['exhook-edge'] = [
      { name: 'client.connected', params: {} },
      { name: 'client.disconnected', params: {} },
    ];
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', EVENTS);
    expect(await doctorCommand({ emqx: url, config }, env, terminal)).toBe(0);
    expect(terminal.printed).toStrictEqual(['Nothing is wrong.']);
    state.servers = [aServer({ request_timeout: '60s' })];
    expect(await doctorCommand({ emqx: url, config, json: true }, env, terminal)).toBe(0);
    const { findings } = JSON.parse(terminal.printed.at(-1) ?? '');
    expect(findings.map(({ id }: { id: string }) => id)).toContain('long-timeout');
  });

  it.each([
    ['a wrong secret', { EMQX_API_KEY: KEY, EMQX_API_SECRET: 'not-that-one' }, /does not know this API key/],
    ['no key', {}, /^an API key of EMQX is missing: set EMQX_API_KEY and EMQX_API_SECRET/],
    ['no secret', { EMQX_API_KEY: KEY }, /^environment variable EMQX_API_SECRET is not set$/],
  ])('explains %s, and never prints one', async (_name, given, words) => {
    const { url } = await aBroker();
    const terminal = aTerminal();
    expect(await doctorCommand({ emqx: url }, given, terminal)).toBe(2);
    expect(terminal.complained.join('\n')).toMatch(words);
    expect(everything(terminal)).not.toMatch(/not-that-one|the-secret/);
  });

  it('takes the secret from a file', async () => {
    const { url } = await aBroker();
    const terminal = aTerminal();
    const secretFile = aFile('secret', `${SECRET}\n`);
    expect(await doctorCommand({ emqx: url, key: KEY, secretFile }, {}, terminal)).toBe(1);
    expect(await doctorCommand({ emqx: url, key: KEY, secretFile: '/nowhere' }, {}, terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual(['cannot read /nowhere: ENOENT']);
  });

  it.each([
    ['an EMQX 4', 404, '{"code":404}', /EMQX 4 does not have this API/],
    ['something that is not EMQX', 200, '<html>', /did not return JSON/],
    ['another form of answer', 200, '{"data":[]}', /an unknown format/],
    [
      'a broker that is broken',
      500,
      '{"code":"INTERNAL_ERROR","message":"badrpc"}',
      /returned 500 \(INTERNAL_ERROR: badrpc\)/,
    ],
    ['a role that may not', 403, '{}', /may not GET \/exhooks: use a key with the role administrator/],
  ])('explains %s', async (_name, status, body, words) => {
    const terminal = aTerminal();
    expect(await doctorCommand({ emqx: await aListener(status, body) }, env, terminal)).toBe(2);
    expect(terminal.complained.join('\n')).toMatch(words);
  });

  it('explains an unreachable address and an invalid URL', async () => {
    const terminal = aTerminal();
    expect(await doctorCommand({ emqx: 'http://127.0.0.1:1' }, env, terminal)).toBe(2);
    expect(terminal.complained[0]).toMatch(/ECONNREFUSED\. Is this the address of EMQX's dashboard/);
    expect(await doctorCommand({ emqx: '127.0.0.1:18083' }, env, terminal)).toBe(2);
    expect(terminal.complained[1]).toBe('--emqx is not a URL; write one such as http://127.0.0.1:18083');
  });

  it('reports errors in a configuration', async () => {
    const { url } = await aBroker();
    const terminal = aTerminal();
    expect(
      await doctorCommand({ emqx: url, config: aFile('exhook.yaml', 'workers: no') }, env, terminal),
    ).toBe(2);
    expect(terminal.complained[0]).toMatch(/workers: /);
  });

  it('is explained: docs/doctor.md has each finding', () => {
    const root = join(import.meta.dirname, '../../..');
    const docs = readFileSync(join(root, 'docs/doctor.md'), 'utf8');
    const files = [
      'registration',
      'url',
      'timing',
      'failures',
      'hooks',
      'authorization',
      'authentication',
      'messages',
      'releases',
      'unknown',
    ];
    const ids = files.flatMap((name) => {
      const source = readFileSync(join(root, `src/emqx/checks/${name}.ts`), 'utf8');
      return [...source.matchAll(/id: '([a-z-]+)'/g)].map(([, id]) => id);
    });
    expect(ids.length).toBeGreaterThan(35);
    expect(ids.filter((id) => !docs.includes(`\`${id}\``))).toStrictEqual([]);
  });
});

const waits = (how: string): string =>
  `{ sinks: { s: { http: { url: "http://x" } } }, events: { routes: [{ hooks: [message.ingress], to: s, ${how} }] } }`;

describe('exhook emqx-config', () => {
  it('prints the entry for emqx.conf and the REST calls', async () => {
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', EVENTS);
    expect(await emqxConfigCommand({ config, url: 'http://10.0.0.5:9000' }, env, terminal)).toBe(0);
    expect(terminal.complained).toStrictEqual([]);
    expect(terminal.printed[0]).toBe(`# In emqx.conf, or etc/base.hocon of later releases.
exhook {
  servers = [
    {
      name = "exhook-edge"
      enable = true
      url = "http://10.0.0.5:9000"
      request_timeout = 5s
      failed_action = ignore
      auto_reconnect = 60s
      pool_size = 8
    }
  ]
}`);
    expect(terminal.printed[2]).toContain('-X POST http://127.0.0.1:18083/api/v5/exhooks');
    expect(everything(terminal)).not.toContain(SECRET);
  });

  it.each<[what: string, config: string, failedAction: string]>([
    ['rules judge at message.ingress', 'publish: { at: auto, rules: [{ topics: a, drop: true }] }', 'deny'],
    [
      'rules watch at message.ingress',
      'publish: { at: auto, mode: shadow, rules: [{ topics: a, drop: true }] }',
      'ignore',
    ],
    ['rules judge at message.publish', 'publish: { rules: [{ topics: a, drop: true }] }', 'ignore'],
    ['events are safe before the acknowledgement', waits('delivery: before-reply'), 'deny'],
    ['events pass all the same', waits('delivery: before-reply, onFailure: pass'), 'ignore'],
    ['events come after the acknowledgement', waits('delivery: after-reply'), 'ignore'],
  ])('keeps failed_action as it should be where %s', async (_what, config, failedAction) => {
    const terminal = aTerminal();
    expect(await emqxConfigCommand({ config: aFile('exhook.yaml', config) }, env, terminal)).toBe(0);
    expect(terminal.printed[0]).toContain(`failed_action = ${failedAction}\n`);
  });

  it('adds the settings that a deciding server needs, and asks for a host', async () => {
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', STRICT);
    expect(await emqxConfigCommand({ config }, env, terminal)).toBe(0);
    const text = everything(terminal);
    for (const part of ['failed_action = deny', 'no_match = deny', 'backend = built_in_database', 'DELETE'])
      expect(text).toContain(part);
    expect(terminal.complained.at(-1)).toMatch(/Replace exhook\.example with the host of this server/);
  });

  it('prints TLS with a certificate of the broker when this server wants one', async () => {
    const terminal = aTerminal();
    const tls = 'listen: { tls: { cert: ./c.pem, key: ./k.pem, clientCa: ./ca.pem } }\n';
    const config = aFile('exhook.yaml', EVENTS + tls);
    expect(await emqxConfigCommand({ config, url: 'https://exhook.local:9443' }, env, terminal)).toBe(0);
    expect(terminal.printed[0]).toContain(`      ssl {
        enable = true
        verify = verify_peer
        cacertfile = "/etc/emqx/certs/exhook-ca.pem"
        certfile = "/etc/emqx/certs/broker.pem"
        keyfile = "/etc/emqx/certs/broker.key"
        server_name_indication = "exhook.local"
      }`);
  });

  it.each([
    ['http://10.0.0.5:9000', 'http://10.0.0.5:9000'],
    ['http://10.0.0.5:9000/', 'http://10.0.0.5:9000'],
    ['https://[fd00::1]:443', 'https://[fd00::1]:443'],
    ['http://10.0.0.5', undefined],
    ['http://10.0.0.5:9000/path', undefined],
    ["http://a'; rm -rf:1", undefined],
    ['10.0.0.5:9000', undefined],
    ['http://u:p@host:9000', undefined],
  ])('takes %s as %s', (text, url) => expect(readOwnUrl(text)).toBe(url));
});

describe('the guard', () => {
  const url = 'http://10.0.0.5:9000';
  const ANONYMOUS = 'authenticate: { iKnowThisAllowsEveryone: true, methods: [{ anonymous: {} }] }\n';
  const node = (version: string) => ({ nodes: [{ node: 'emqx@10.0.0.1', node_status: 'running', version }] });
  const database = {
    id: 'password_based:built_in_database',
    mechanism: 'password_based',
    backend: 'built_in_database',
    user_id_type: 'username',
    password_hash_algorithm: { name: 'bcrypt' },
    enable: true,
  };

  async function registerAt(state: Partial<FakeState>, text: string, more: object = {}) {
    const broker = await aBroker(state);
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', text);
    expect(await registerCommand({ emqx: broker.url, config, url, ...more }, env, terminal)).toBe(0);
    return { broker, terminal };
  }

  it('is added before this server is, with a precondition that never holds', async () => {
    const { broker, terminal } = await registerAt(node('6.2.0'), STRICT);
    expect(broker.state.authenticators).toMatchObject([
      { mechanism: 'password_based', backend: 'built_in_database', precondition: 'str_eq(1,2)' },
    ]);
    const writes = broker.requests.filter((request) => request.startsWith('POST'));
    expect(writes).toStrictEqual(['POST /authentication', 'POST /exhooks']);
    expect(terminal.printed[0]).toMatch(/^A guard was added to the broker/);
  });

  it('has no precondition if the release does not support it', async () => {
    const { broker } = await registerAt(node('5.8.4'), STRICT);
    expect(broker.state.authenticators).toHaveLength(1);
    expect(broker.state.authenticators[0]).not.toHaveProperty('precondition');
  });

  it('is left out where it would refuse clients that the policy admits, and the command says so', async () => {
    const { broker, terminal } = await registerAt(node('5.3.2'), ANONYMOUS);
    expect(broker.state.authenticators).toStrictEqual([]);
    expect(terminal.complained.join('\n')).toMatch(
      /No guard was added: before EMQX 5\.9 .* authenticate\.methods\[0\]\.anonymous/,
    );
  });

  it('gets a precondition if it refuses clients without a password, and keeps its algorithm', async () => {
    const { broker } = await registerAt({ ...node('6.2.0'), authenticators: [database] }, ANONYMOUS);
    expect(broker.state.authenticators).toMatchObject([
      { precondition: 'str_eq(1,2)', password_hash_algorithm: { name: 'bcrypt' } },
    ]);
  });

  it.each([
    ['it has users', { authenticators: [database], users: [{ user_id: 'u' }] }, {}],
    ['another authenticator decides', { authenticators: [{ ...database, id: 'jwt', mechanism: 'jwt' }] }, {}],
    ['it is not wanted', { authenticators: [] }, { guard: false }],
    ['this is a rehearsal', { authenticators: [] }, { dryRun: true }],
  ])('is left alone when %s', async (_why, state, more) => {
    const { broker } = await registerAt({ ...node('6.2.0'), ...state }, ANONYMOUS, more);
    expect(broker.state.authenticators).toStrictEqual(state.authenticators);
  });

  it("is nobody's business when this server does not decide about logins", async () => {
    const { broker } = await registerAt(node('6.2.0'), EVENTS);
    expect(broker.state.authenticators).toStrictEqual([]);
  });

  it.each([
    ['6.2.0', /^ {4}precondition = "str_eq\(1,2\)"$/m, /Remove the line/],
    ['5.8.0', /Before EMQX 5\.9 it refuses clients without a password/, /str_eq/],
    [
      undefined,
      /EMQX 5\.9 and later\. Remove the line for older releases[\s\S]*precondition = "str_eq/,
      /^$/,
    ],
  ])('is printed as EMQX %s needs it', async (emqxVersion, has, hasNot) => {
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', STRICT);
    expect(await emqxConfigCommand({ config, url, emqxVersion }, env, terminal)).toBe(0);
    expect(terminal.printed[0]).toMatch(has);
    expect(terminal.printed.slice(0, 1).join('')).not.toMatch(hasNot);
  });

  it('is not printed for an invalid version', async () => {
    const terminal = aTerminal();
    const config = aFile('exhook.yaml', STRICT);
    expect(await emqxConfigCommand({ config, url, emqxVersion: 'latest' }, env, terminal)).toBe(2);
    expect(terminal.complained).toStrictEqual(['--emqx-version is not a version; write one such as 6.2.0']);
  });
});

describe('exhook register', () => {
  const url = 'http://10.0.0.5:9000';
  const config = () => aFile('exhook.yaml', EVENTS);

  it('adds this server, and waits until it is connected', async () => {
    const broker = await aBroker();
    const terminal = aTerminal();
    expect(await registerCommand({ emqx: broker.url, config: config(), url }, env, terminal)).toBe(0);
    expect(broker.state.servers).toMatchObject([
      { name: 'exhook-edge', url, enable: true, request_timeout: '5s' },
    ]);
    expect(terminal.printed).toStrictEqual([
      'The ExHook server was added: exhook-edge.',
      '  emqx@10.0.0.1: connected',
      'The broker calls 2 hooks.',
    ]);
  });

  it('does nothing when all is as it should be', async () => {
    const broker = await aBroker();
    const terminal = aTerminal();
    const options = { emqx: broker.url, config: config(), url };
    await registerCommand(options, env, terminal);
    broker.requests.length = 0;
    expect(await registerCommand(options, env, terminal)).toBe(0);
    expect(broker.requests.filter((request) => !request.startsWith('GET'))).toStrictEqual([]);
    expect(terminal.printed).toContain('The ExHook server is up to date: exhook-edge.');
  });

  it("changes wrong settings, and keeps the user's own", async () => {
    const tuned = aServer({
      url: 'http://old:9000',
      enable: false,
      request_timeout: '3s',
      pool_size: 4,
      socket_options: { keepalive: true },
    });
    const broker = await aBroker({ servers: [tuned] });
    const terminal = aTerminal();
    expect(await registerCommand({ emqx: broker.url, config: config(), url }, env, terminal)).toBe(0);
    expect(terminal.printed[0]).toBe('The ExHook server was changed: exhook-edge (enable, url).');
    expect(broker.state.servers).toStrictEqual([{ ...tuned, url, enable: true }]);
  });

  it('makes the broker read the hooks again', async () => {
    const broker = await aBroker({ servers: [aServer({ url })], hooks: {} });
    const terminal = aTerminal();
    expect(
      await registerCommand({ emqx: broker.url, config: config(), url, reload: true }, env, terminal),
    ).toBe(0);
    expect(broker.requests.filter((request) => request.startsWith('PUT'))).toHaveLength(2);
    expect(terminal.printed.at(-1)).toBe('The broker calls 2 hooks.');
  });

  it('with --dry-run only reports what it would do', async () => {
    const broker = await aBroker();
    const terminal = aTerminal();
    expect(
      await registerCommand({ emqx: broker.url, config: config(), url, dryRun: true }, env, terminal),
    ).toBe(0);
    expect(broker.state.servers).toStrictEqual([]);
    expect(terminal.printed).toStrictEqual(['Dry run: The ExHook server was added: exhook-edge.']);
  });

  it('says when a node does not connect', async () => {
    const broker = await aBroker({ status: { 'exhook-edge': 'disconnected' } });
    const terminal = aTerminal();
    expect(await registerCommand({ emqx: broker.url, config: config(), url }, env, terminal, 0)).toBe(1);
    expect(terminal.complained).toStrictEqual([
      'Not every node is connected: run exhook doctor for details.',
    ]);
  });

  it('refuses an address that brokers do not take', async () => {
    const terminal = aTerminal();
    expect(
      await registerCommand({ emqx: 'http://h', config: config(), url: 'host:9000' }, env, terminal),
    ).toBe(2);
    expect(terminal.complained[0]).toMatch(/^--url is not an address for brokers/);
  });
});
