/** Policies that are tried, and what only exhook dev can do, against a server in this process. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { load } from '../../src/app/load.ts';
import { serveConfig } from '../../src/app/serve.ts';
import type { InspectorDev } from '../../src/inspector/open.ts';
import type { Logger } from '../../src/log/log.ts';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { aBroker } from '../program/support/broker.ts';
import { temporaryDirectory, temporaryFile } from '../program/support/program.ts';
import { aClient, aCredential, aMessage, inputs } from '../support/inputs.ts';
import { rpcFor } from '../support/runtime.ts';
import { rawRequest, TOKEN } from './support.ts';

const HASHED = 'wonderland-of-alice';
const SECRET = 'a-shared-secret-of-thirty-two-bytes-or-more';

const yaml = `# the configuration
listen: { host: 127.0.0.1, port: 0 }
inspector: { port: 0, token: ${TOKEN}, payloads: true }
authenticate:
  methods:
    # the users, password: ${HASHED}
    - users:
        allowPlain: true
        list:
          - { username: alice, password: ${HASHED} }
    - jwt: { secret: ${SECRET} }
authorize:
  rules:
    - { name: own, allow: all, topics: "dev/\${clientid}/#" } # each its own
publish:
  rules:
    - { name: no hot ones, topics: ["dev/+/temp"], decode: json, when: "payload.t > 100.0", drop: too hot }
`;

const silent = {
  info() {},
  warn() {},
  error() {},
  debug() {},
  isLevelEnabled: () => false,
  flush() {},
} as unknown as Logger;

type Json = Record<string, unknown>;

async function start(text = yaml, dev?: InspectorDev) {
  const file = temporaryFile('exhook.yaml', text, temporaryDirectory());
  const loaded = await load(['--config', file], {});
  if ('problems' in loaded) throw new Error(loaded.problems.join('\n'));
  const serving = await serveConfig(loaded.config, {
    ...loaded.custom,
    log: silent,
    file: loaded.file,
    ...(dev && { inspector: dev }),
  });
  onTestFinished(async () => void (await serving.stop()));
  const { port } = serving.address;
  const base = new URL(serving.inspector?.url ?? '').origin;
  const broker = aBroker(`http://127.0.0.1:${port}`);
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const ask = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, 'content-type': type },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const got = await answer.text();
    return {
      status: answer.status,
      text: got,
      body: (answer.headers.get('content-type') === 'application/json' ? JSON.parse(got) : {}) as Json,
    };
  };
  return {
    file,
    base,
    serving,
    ask,
    get: async (path: string) => (await ask('GET', path)).body,
    async call(hook: Parameters<typeof rpcFor>[0], fields: object) {
      const rpc = rpcFor(hook);
      return await broker.call(rpc.path, encodeRequest(rpc, { ...inputs()[hook], ...fields }));
    },
  };
}

const publish = (clientid: string, topic: string) => ({ clientinfo: aClient({ clientid }), type: 0, topic });
const temperature = (t: number) => ({
  message: aMessage({ topic: 'dev/c1/temp', from: 'c1', payload: Buffer.from(JSON.stringify({ t })) }),
});

describe('the policy for an editor', { timeout: 120_000 }, () => {
  it('has comments and rules, and no secret', async () => {
    const { get, ask } = await start();
    const { policy, config, file, tag } = await get('/api/config');
    expect(policy).toContain('# each its own');
    expect(policy).toContain('name: own');
    expect(policy).not.toContain('listen');
    const { text } = await ask('GET', '/api/config');
    for (const secret of [HASHED, SECRET, TOKEN]) expect(text).not.toContain(secret);
    expect(config).toMatchObject({ listen: { host: '127.0.0.1' }, inspector: { token: '***' } });
    expect([typeof file, typeof tag]).toEqual(['string', 'string']);
    const checked = await ask('POST', '/api/check', { yaml: policy });
    expect(checked.body).toMatchObject({ problems: [] });
  });

  it('is described by a JSON Schema of these sections alone', async () => {
    const { get } = await start();
    const { properties } = (await get('/api/schema')) as { properties: Json };
    expect(Object.keys(properties)).toEqual(['authenticate', 'authorize', 'publish', 'decisions']);
  });
});

describe('a candidate', { timeout: 120_000 }, () => {
  it.each([
    ['a wrong key', 'authorize:\n  rulez: []\n', { path: 'authorize.rulez', line: 2, column: 3 }],
    ['YAML that ends', 'authorize: {\n', { line: expect.any(Number) }],
    [
      'another section',
      'listen: { port: 1 }\n',
      { path: 'listen', line: 1, message: expect.stringContaining('not a part of a policy') },
    ],
    ['a sink', 'sinks: { a: { file: { path: /tmp/x } } }\n', { path: 'sinks' }],
    ['a module', 'hooks: { custom: [/tmp/evil.mjs] }\n', { path: 'hooks' }],
    [
      'a file',
      'authenticate:\n  methods:\n    - users: { file: /etc/passwd }\n',
      { path: 'authenticate.methods[0].users.file', line: 3 },
    ],
    [
      'an ACL file',
      'authorize:\n  sources: [{ mosquitto: /etc/passwd }]\n',
      { path: 'authorize.sources[0].mosquitto' },
    ],
    [
      'a variable',
      'authenticate:\n  methods:\n    - jwt: { secret: { env: HOME } }\n',
      { path: 'authenticate.methods[0].jwt.secret.env' },
    ],
    [
      'a secret from a file',
      'authenticate:\n  methods:\n    - jwt: { secret: { file: /etc/hostname } }\n',
      { line: 3 },
    ],
    [
      'a hidden secret that is nowhere',
      'authenticate:\n  methods:\n    - jwt: { publicKey: "***" }\n',
      { message: expect.stringContaining('hidden') },
    ],
    [
      'a condition that does not compile',
      'authorize:\n  rules: [{ allow: all, when: "topic >" }]\n',
      { path: 'authorize.rules[0].when', line: 2 },
    ],
  ])('with %s is refused, with its line', async (_, text, problem) => {
    const { ask } = await start();
    const { status, body } = await ask('POST', '/api/check', { yaml: text });
    expect(status).toBe(200);
    expect(body.problems).toEqual(expect.arrayContaining([expect.objectContaining(problem)]));
    expect((await ask('POST', '/api/compare', { yaml: text })).status).toBe(422);
  });

  it('is compared on the calls of the ring, with both whys, and never goes live', async () => {
    const { call, ask, get } = await start();
    await call('client.authorize', publish('c1', 'dev/c1/up'));
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    await call('message.publish', temperature(20));
    await call('message.publish', temperature(200));
    const candidate = String((await get('/api/config')).policy)
      .replace('dev/${clientid}/#', 'dev/#')
      .replace('t > 100.0', 't > 10.0');
    const { status, body } = await ask('POST', '/api/compare', { yaml: candidate });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      total: 4,
      changed: 2,
      same: 2,
      untold: 0,
      sentence: '2 of 4 calls would end otherwise',
    });
    expect(body.groups).toMatchObject([
      {
        hook: 'client.authorize',
        before: { kind: 'deny', by: 'otherwise' },
        after: { kind: 'allow', by: 'own' },
        count: 1,
        calls: [
          {
            seq: 2,
            clientid: 'c1',
            topic: 'dev/c2/up',
            before: { near: [{ label: 'own' }] },
            after: { steps: [{ label: 'own', outcome: 'hit', place: { line: expect.any(Number) } }] },
          },
        ],
      },
      {
        hook: 'message.publish',
        before: { kind: 'unchanged' },
        after: { kind: 'dropped' },
        calls: [{ seq: 3 }],
      },
    ]);
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    expect(await get('/api/calls?limit=1')).toMatchObject({ calls: [{ verdict: 'deny' }] });
  });

  it('that depends on a password or on a payload that is not kept is not told, and not guessed', async () => {
    const { call, ask } = await start(yaml.replace('payloads: true', 'payloads: false'));
    await call('client.authenticate', { clientinfo: aCredential({ username: 'alice', password: 'x' }) });
    await call('message.publish', temperature(200));
    const { body } = await ask('POST', '/api/compare', {
      yaml: 'authenticate:\n  methods: [{ users: { allowPlain: true, list: [{ username: alice, password: other }] } }]\npublish:\n  rules: [{ topics: "dev/#", decode: json, drop: no }]\n',
    });
    expect(body).toMatchObject({ total: 2, changed: 0, untold: 2 });
  });

  it('is compared one at a time', async () => {
    const { call, ask } = await start();
    for (let i = 0; i < 200; i++) await call('client.authorize', publish(`c${i}`, 'dev/c1/up'));
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask('POST', '/api/compare', { yaml: 'authorize: { rules: [] }' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429]);
  });

  it('explains a call that was made, and a question that nobody has asked', async () => {
    const { call, ask } = await start();
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    const text = 'authorize: { rules: [{ name: mine, allow: all, topics: "dev/c2/#" }] }';
    const made = await ask('POST', '/api/explain', { yaml: text, seq: 1 });
    expect(made.body).toMatchObject({ verdict: 'deny', now: { verdict: 'allow', by: 'mine' } });
    const question = await ask('POST', '/api/explain', { client: { clientid: 'c9' }, publish: 'dev/c8/x' });
    expect(question.body).toMatchObject({ verdict: 'deny', near: [{ label: 'own' }] });
    const message = await ask('POST', '/api/explain', {
      client: { clientid: 'c1' },
      publish: 'dev/c1/temp',
      message: { payloadBase64: Buffer.from('{"t":101}').toString('base64') },
    });
    expect(message.body).toMatchObject({ about: 'message', verdict: 'drop' });
    for (const wrong of [
      {},
      { publish: 'a/+' },
      { publish: 'a', subscribe: 'b' },
      { seq: 99 },
      { seq: 'x' },
      { publish: 'a', client: 7 },
      { publish: 'a', client: { tags: 7 } },
      { publish: 'a', message: { payloadBase64: '!' } },
    ])
      expect((await ask('POST', '/api/explain', wrong)).status).toBeGreaterThanOrEqual(400);
  });
});

describe('a body', { timeout: 120_000 }, () => {
  it('that is too large, or not JSON, is refused, and the server goes on', async () => {
    const { base, ask, get } = await start();
    const headers = { authorization: `Bearer ${TOKEN}` };
    const announced = await rawRequest(base, '/api/check', {
      method: 'POST',
      headers: { ...headers, 'content-length': String(2 ** 21) },
    });
    expect(announced.status).toBe(413);
    // The server may end the connection before all of it is sent.
    const chunked = await rawRequest(base, '/api/check', {
      method: 'POST',
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      body: 'x'.repeat(2 ** 21),
    }).catch(() => ({ status: 413 }));
    expect(chunked.status).toBe(413);
    for (const body of ['', '[]', '7', '{', '\ud800', '{"yaml":7}'])
      expect((await ask('POST', '/api/check', body)).status).toBe(400);
    expect(await get('/api/info')).toMatchObject({ capabilities: { dev: false, write: false } });
  });
});

describe('what is for exhook dev only', { timeout: 120_000 }, () => {
  it('is refused elsewhere', async () => {
    const { ask } = await start();
    for (const [method, path] of [
      ['POST', '/api/replay'],
      ['GET', '/api/recordings'],
      ['POST', '/api/recordings'],
      ['POST', '/api/save'],
    ] as const)
      expect((await ask(method, path, method === 'GET' ? undefined : {})).status).toBe(403);
    expect((await ask('POST', '/api/compare', { yaml: '{}', recording: 'x' })).status).toBe(403);
  });

  it('replays a call, and a login with the password that is given to it', async () => {
    const { call, ask, get } = await start(yaml, { dev: true, write: false });
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    await call('client.authenticate', { clientinfo: aCredential({ username: 'alice', password: 'wrong' }) });
    expect((await ask('POST', '/api/replay', { seq: 1 })).body).toEqual({
      seq: 3,
      verdict: 'deny',
      status: 0,
    });
    expect((await ask('POST', '/api/replay', { seq: 2 })).status).toBe(400);
    expect((await ask('POST', '/api/replay', { seq: 2, password: HASHED })).body).toEqual({
      seq: 4,
      verdict: 'allow',
      status: 0,
    });
    expect(await get('/api/calls?filter=is:replay')).toMatchObject({ calls: [{ seq: 4 }, { seq: 3 }] });
    expect((await ask('GET', '/api/calls/4')).text).not.toContain(HASHED);
  });

  it('records calls in memory, without passwords, and compares on a recording', async () => {
    const { call, ask } = await start(yaml, { dev: true, write: false });
    const { body } = await ask('POST', '/api/recordings', { name: 'first' });
    expect(body).toMatchObject({ name: 'first', isRunning: true, calls: 0 });
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    await call('client.authenticate', {
      clientinfo: aCredential({ username: 'alice', password: 'very-wrong' }),
    });
    expect((await ask('POST', `/api/recordings/${body.id}/stop`, {})).body).toMatchObject({
      isRunning: false,
      calls: 2,
    });
    await call('client.authorize', publish('c1', 'dev/c2/up'));
    const { text } = await ask('GET', `/api/recordings/${body.id}`);
    expect(text.trim().split('\n')).toHaveLength(2);
    expect(text).not.toContain('very-wrong');
    const candidate = 'authorize: { rules: [{ name: all, allow: all, topics: "dev/#" }] }';
    const compared = await ask('POST', '/api/compare', { yaml: candidate, recording: body.id });
    expect(compared.body).toMatchObject({ groups: [{ hook: 'client.authorize', calls: [{ line: 1 }] }] });
    const taken = await ask('POST', '/api/recordings?name=again', text, 'application/x-ndjson');
    expect(taken.body).toMatchObject({ name: 'again', calls: 2, isRunning: false });
    expect((await ask('POST', '/api/recordings', 'no json', 'application/x-ndjson')).status).toBe(400);
    expect((await ask('DELETE', `/api/recordings/${body.id}`)).body).toMatchObject({
      recordings: [{ name: 'again' }],
    });
    expect((await ask('GET', `/api/recordings/${body.id}`)).status).toBe(404);
  });

  it('saves a policy: secrets and other sections stay, and a file that has changed is left alone', async () => {
    const { ask, get, file } = await start(yaml, { dev: true, write: true });
    const { policy, tag } = await get('/api/config');
    const changed = String(policy).replace('dev/${clientid}/#', 'fleet/${clientid}/#');
    const saved = await ask('POST', '/api/save', { yaml: changed, tag });
    expect(saved.status).toBe(200);
    const text = readFileSync(file, 'utf8');
    for (const part of [
      '# the configuration',
      'fleet/${clientid}/#',
      '# each its own',
      HASHED,
      SECRET,
      `token: ${TOKEN}`,
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('***"');
    expect(await load(['--config', file], {})).not.toHaveProperty('problems');
    expect((await ask('POST', '/api/save', { yaml: changed, tag })).status).toBe(409);
    expect(
      (await ask('POST', '/api/save', { yaml: 'listen: { port: 1 }', tag: saved.body.tag })).status,
    ).toBe(422);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('saves only where that was allowed', async () => {
    const { ask } = await start(yaml, { dev: true, write: false });
    expect((await ask('POST', '/api/save', { yaml: '{}', tag: '' })).status).toBe(403);
  });
});
