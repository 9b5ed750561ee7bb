/** The inspector of the built server, asked by clients that are not ours. */
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/protocol/wire/encode-request.ts';
import { rpcs } from '../../src/protocol/wire/rpc.ts';
import { exhook, run, temporaryFile } from '../program/support/program.ts';
import { aClient, aCredential, aMessage, inputs } from '../support/inputs.ts';
import { rpcFor } from '../support/runtime.ts';
import { until } from '../support/until.ts';
import { type Inspected, rawRequest, startInspected, TOKEN } from './support.ts';

const policy = {
  authenticate: {
    methods: [{ users: { list: [{ username: 'alice', password: 'wonderland' }], allowPlain: true } }],
  },
  authorize: {
    rules: [
      { name: 'own', allow: 'all', topics: 'dev/${clientid}/#' },
      { name: 'all of it', deny: 'subscribe', topics: '#' },
    ],
  },
};

const authorization = `Bearer ${TOKEN}`;

async function ask(inspected: Inspected, hook: Parameters<typeof rpcFor>[0], fields: object) {
  const rpc = rpcFor(hook);
  return await inspected.broker.call(rpc.path, encodeRequest(rpc, { ...inputs()[hook], ...fields }));
}

interface Rows {
  readonly calls: readonly { readonly seq: number; readonly [field: string]: unknown }[];
  readonly hasMore: boolean;
}

describe('who may ask', { timeout: 120_000 }, () => {
  it('is refused without the token, by a wrong name, and from a page of another origin', async () => {
    const { base } = await startInspected(policy);
    const { host } = new URL(base);
    const status = async (path: string, headers: Record<string, string>, method = 'GET') =>
      (await rawRequest(base, path, { method, headers })).status;
    expect(await status('/api/info', {})).toBe(401);
    expect(await status('/api/info', { authorization: `Bearer ${TOKEN}x` })).toBe(401);
    expect(await status('/api/info', { authorization: TOKEN })).toBe(401);
    expect(await status(`/api/info?token=${TOKEN}`, {})).toBe(401);
    expect(await status('/api/nothing', {})).toBe(401);
    expect(await status('/api/info', { authorization })).toBe(200);
    expect(await status('/api/info', { authorization, host: 'evil.example' })).toBe(403);
    expect(await status('/', { host: 'evil.example' })).toBe(403);
    expect(await status('/api/check', { authorization, origin: 'http://evil.example' }, 'POST')).toBe(403);
    expect(await status('/api/check', { authorization, origin: 'null' }, 'POST')).toBe(403);
    expect(await status('/api/check', { authorization, origin: `http://${host}` }, 'POST')).not.toBe(403);
    expect(await status('/api/info', { authorization }, 'DELETE')).toBe(405);
    expect(await status('/api/nothing', { authorization })).toBe(404);
  });

  it('is told so in JSON, with headers that keep a page from doing harm', async () => {
    const { base } = await startInspected(policy);
    const { headers, body } = await rawRequest(base, '/api/info');
    expect(JSON.parse(body)).toEqual({
      code: 'unauthorized',
      message: expect.stringContaining('Bearer TOKEN'),
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('gets an error for what is no HTTP, and the server goes on', async () => {
    const inspected = await startInspected(policy);
    const { hostname, port } = new URL(inspected.base);
    for (const bytes of [
      '\0\0\0',
      'GET\r\n\r\n',
      'GET /%ff%fe HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
      'GET http://[ HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n',
      `GET /api/events/%zz HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\n\r\n`,
    ]) {
      const socket = connect(Number(port), hostname);
      const ended = new Promise<string>((resolve) => {
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1');
          socket.end();
        });
        socket.on('close', () => resolve(text));
        socket.on('error', () => resolve(text));
      });
      socket.write(bytes);
      expect(await ended).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(await inspected.get('/api/info')).toBeTruthy();
  });
});

describe('a call', { timeout: 120_000 }, () => {
  it('is shown with what was decided, why, and the line of the rule that nearly allowed it', async () => {
    const inspected = await startInspected(policy);
    await ask(inspected, 'client.authorize', {
      clientinfo: aClient({ clientid: 'c1' }),
      type: 0,
      topic: 'dev/c2/up',
    });
    const { calls } = await inspected.get<Rows>('/api/calls?filter=hook:authorize');
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      clientid: 'c1',
      topic: 'dev/c2/up',
      action: 'publish',
      verdict: 'deny',
      by: 'otherwise',
    });
    const seq = calls[0]?.seq;
    const why = await inspected.get(`/api/calls/${seq}/why`);
    expect(why).toMatchObject({
      about: 'topic',
      verdict: 'deny',
      near: [
        {
          label: 'own',
          outcome: 'miss',
          isNear: true,
          place: { file: inspected.file, path: 'authorize.rules[0]', line: expect.any(Number) },
        },
      ],
      steps: [
        { label: 'own' },
        { label: 'all of it', misses: [{ condition: 'action' }] },
        { kind: 'otherwise', outcome: 'hit' },
      ],
    });
    const explained = await exhook([
      'explain',
      'authorize',
      '--config',
      inspected.file,
      '--clientid',
      'c1',
      '--username',
      'alice',
      '--publish',
      'dev/c2/up',
    ]);
    const { near } = why as { near: { texts: string[] }[] };
    for (const text of near[0]?.texts ?? ['']) expect(explained.stdout).toContain(text);
    const detail = await inspected.get(`/api/calls/${seq}`);
    expect(detail).toMatchObject({
      reply: { verdict: 'deny', text: 'deny', status: 0 },
      raw: { request: { topic: 'dev/c2/up' } },
      copy: { explain: expect.stringContaining('--publish dev/c2/up') },
    });
  });

  it('of a login shows what each method said, and never the password', async () => {
    const inspected = await startInspected(policy);
    const clientinfo = aCredential({
      clientid: 'c1',
      username: 'alice',
      password: 'wrong-password-of-alice',
    });
    await ask(inspected, 'client.authenticate', { clientinfo });
    const why = await inspected.get('/api/calls/1/why');
    expect(why).toMatchObject({
      about: 'login',
      verdict: 'deny',
      by: 'users',
      near: [{ kind: 'method', label: 'users', outcome: 'hit' }],
    });
    const texts = JSON.stringify([
      why,
      await inspected.get('/api/calls/1'),
      await inspected.get('/api/calls'),
      await inspected.get('/api/clients'),
    ]);
    expect(texts).not.toContain('wrong-password');
    expect(texts).toContain('***');
  });

  it('of a message shows its payload as the codec of its rule reads it', async () => {
    const rules = [
      { name: 'others', topics: 'raw/#', decode: 'json' },
      { name: 'readings', topics: 'dev/#', decode: 'cbor', when: 'payload.t > 100.0', drop: 'too hot' },
    ];
    const inspected = await startInspected({ publish: { rules } }, { payloads: true });
    // {"t": 21.5, "id": 2^53, "raw": h'ff'}
    const payload = Buffer.from('a36174fb40358000000000006269641b00200000000000006372617741ff', 'hex');
    await ask(inspected, 'message.publish', { message: aMessage({ topic: 'dev/c1', payload }) });
    expect(await inspected.get('/api/calls/1')).toMatchObject({
      request: {
        message: {
          payload: {
            base64: payload.toString('base64'),
            decoded: {
              codec: 'cbor',
              value: { t: 21.5, id: '9007199254740992', raw: '/w==', rawEncoding: 'base64' },
            },
          },
        },
      },
    });
  });

  it('copies into commands that do what the page says', async () => {
    const inspected = await startInspected(policy);
    await ask(inspected, 'client.authorize', {
      clientinfo: aClient({ clientid: "it's; $(id)" }),
      type: 1,
      topic: '#',
    });
    const { copy } = await inspected.get<{ copy: Record<string, string> }>('/api/calls/1');
    const test = temporaryFile(
      'test.yaml',
      (copy.test ?? '').replace('"exhook.yaml"', JSON.stringify(inspected.file)),
    );
    expect(await exhook(['test', test])).toMatchObject({ code: 0 });
    const { execFileSync } = await import('node:child_process');
    const answer = execFileSync('sh', ['-c', copy.curl ?? ''], { encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual({ type: 'STOP_AND_RETURN', boolResult: false });
  });

  it('with hostile names is data, and breaks nothing', async () => {
    const inspected = await startInspected(policy, { payloads: true });
    const names = [
      '<img src=x onerror=alert(1)>',
      '\u202egnp.exe',
      '\u001b[2J\u0007',
      'x'.repeat(65_000),
      '"; DROP',
      '\u2028',
      '__proto__',
      'constructor',
      '${clientid}',
    ];
    for (const clientid of names) {
      await ask(inspected, 'client.connected', { clientinfo: aClient({ clientid }) });
      await ask(inspected, 'message.publish', {
        message: aMessage({
          from: clientid,
          topic: `t/${clientid}`.slice(0, 65_000),
          payload: Buffer.from(clientid),
        }),
      });
    }
    const answer = await fetch(`${inspected.base}/api/calls?limit=1000`, { headers: { authorization } });
    const text = await answer.text();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u200b]/);
    const { calls } = JSON.parse(text) as Rows;
    expect(calls.map(({ clientid }) => clientid)).toEqual(
      expect.arrayContaining(names.filter((name) => name.length < 500)),
    );
    for (const { seq } of calls) {
      await inspected.get(`/api/calls/${seq}`);
      await inspected.get(`/api/calls/${seq}/why`);
    }
    expect(text.length).toBeLessThan(100_000);
    await inspected.get(`/api/calls?filter=${encodeURIComponent('client:"<img src=x onerror=alert(1)>"')}`);
    expect((await inspected.get<{ total: number }>('/api/clients')).total).toBeGreaterThanOrEqual(
      names.length - 1,
    );
  });

  it('of every hook and version can be shown', async () => {
    const inspected = await startInspected(policy, { payloads: true });
    for (const rpc of rpcs) await inspected.broker.call(rpc.path, encodeRequest(rpc, inputs()[rpc.hook]));
    const { calls } = await inspected.get<Rows>('/api/calls?limit=1000');
    expect(calls.length).toBeGreaterThanOrEqual(rpcs.length);
    for (const { seq } of calls) {
      await inspected.get(`/api/calls/${seq}`);
      await inspected.get(`/api/calls/${seq}/why`);
    }
  });
});

describe('events', { timeout: 120_000 }, () => {
  it('show what became of them at each sink', async () => {
    const out = temporaryFile('events.jsonl', '');
    const inspected = await startInspected({
      sinks: {
        good: { file: { path: out } },
        bad: { http: { url: 'http://127.0.0.1:9/' }, queue: { retry: { min: '10ms', max: '20ms' } } },
      },
      events: { routes: [{ hooks: ['client.connected'], to: ['good', 'bad'] }] },
    });
    await ask(inspected, 'client.connected', {});
    const event = async () => {
      const { events } = await inspected.get<{
        events: { id: string; sinks: { sink: string; state: string; timeline: unknown[] }[] }[];
      }>('/api/calls/1');
      return events[0];
    };
    await until(
      'the event is delivered',
      async () => (await event())?.sinks.find(({ sink }) => sink === 'good')?.state === 'delivered',
    );
    await until(
      'the state of its event at bad',
      async () => (await event())?.sinks.find(({ sink }) => sink === 'bad')?.state === 'retrying',
    );
    const id = (await event())?.id ?? '';
    expect(await inspected.get(`/api/events/${encodeURIComponent(id)}`)).toMatchObject({ id, calls: [1] });
    const { sinks } = await inspected.get<{
      sinks: { name: string; lastError?: object; delivered: number; kind: string }[];
    }>('/api/sinks');
    expect(sinks).toMatchObject([
      { name: 'good', kind: 'file', state: 'ok', delivered: 1 },
      {
        name: 'bad',
        kind: 'http',
        delivered: 0,
        lastError: { message: expect.stringContaining('ECONNREFUSED') },
      },
    ]);
    const filtered = await inspected.get<Rows>('/api/calls?filter=state:delivered');
    expect(filtered.calls).toHaveLength(1);
  });
});

describe('the configuration', () => {
  it.each([
    ['several workers', { inspector: { port: 0 }, workers: 2 }, /workers: 1/],
    ['another host without a token', { inspector: { port: 0, host: '0.0.0.0' } }, /inspector\.token/],
    ['a short token', { inspector: { port: 0, token: 'short' } }, /shorter than 16/],
    ['a token with a blank', { inspector: { port: 0, token: 'a token with blanks in it' } }, /blank/],
  ])('with %s is refused with what to do, and without the value', async (_, config, pattern) => {
    const file = temporaryFile('exhook.yaml', JSON.stringify(config));
    const { code, stderr } = await run(['--config', file], { env: { HOST: '127.0.0.1', PORT: '0' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(pattern);
    expect(stderr).not.toContain('a token with');
  });

  it('without a token has one made, and keeps it out of the log', async () => {
    const inspected = await startInspected({ inspector: { port: 0 } });
    expect(inspected.server.stderr.text).toContain('nobody has its token');
    expect(inspected.server.stderr.text).not.toContain('#token=');
  });
});
