/** The built server under calls that carry secrets, with all it writes turned on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBroker } from '../program/support/broker.ts';
import {
  openServer,
  type RunningServer,
  temporaryDirectory,
  temporaryFile,
} from '../program/support/program.ts';
import { isRedisMissing, startRedis } from '../support/servers/redis.ts';
import { startHttpEcho } from './hostile-service.ts';
import { findLeaks } from './leaks.ts';
import { all, configured, logins, payload } from './secrets.ts';
import { callBadly, callEverything, type Login } from './traffic.ts';

const adminToken = configured['token of the admin port'];
const inspectorToken = configured['token of the inspector'];

const env = {
  HMAC_KEY: configured['HMAC key'],
  SERVICE_TOKEN: configured['authorization of the service'],
  ADMIN_TOKEN: adminToken,
  INSPECTOR_TOKEN: inspectorToken,
  REDIS_PASSWORD: configured['wrong password of Redis'],
  UNUSED_SECRET: configured['unused variable'],
  EXHOOK_ADMN_TOKEN: configured['unused variable'],
};

const clients: readonly Login[] = [
  { clientid: 'a', username: 'a', password: logins['token of a client'] },
  { clientid: 'b', username: 'b', password: logins['token of another key'] },
  { clientid: 'c', username: 'c', password: logins['token that is over'] },
  { clientid: 'd', username: logins['token in a user name'], password: '' },
  {
    clientid: 'e',
    username: logins['broken token in a user name'],
    password: logins['password of a client'],
  },
  { clientid: 'f', username: 'f', password: logins['wrong password of a client'] },
];

/** The address behind these words of the log, whatever its format. */
async function addressIn(server: RunningServer, words: string): Promise<string> {
  const pattern = new RegExp(`${words} (http://[0-9.:]+)`);
  return await server.stderr.until(words, ({ text }) => pattern.exec(text)?.[1]);
}

/** The content of the operators' port, with and without the token. */
async function readPages(server: RunningServer): Promise<Record<string, string>> {
  const base = await addressIn(server, 'admin pages are at');
  const pages: Record<string, string> = {};
  for (const path of ['/healthz', '/readyz', '/metrics', '/configz', '/hooksz', '/nothing']) {
    for (const token of [adminToken, `${adminToken}x`]) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${base}${path}`, { headers, signal: AbortSignal.timeout(20_000) });
      pages[`${path} ${answer.status}`] = `${JSON.stringify([...answer.headers])}\n${await answer.text()}`;
    }
  }
  return pages;
}

/** Every answer of the inspector: of each call, too. */
async function readInspector(server: RunningServer): Promise<Record<string, string>> {
  const base = await addressIn(server, 'the inspector is at');
  const answers: Record<string, string> = {};
  const authorization = `Bearer ${inspectorToken}`;
  const read = async (path: string, sent?: object): Promise<string> => {
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(
      `${base}${path}`,
      sent === undefined
        ? { headers: { authorization }, signal }
        : {
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
            body: JSON.stringify(sent),
            signal,
          },
    );
    const body = await answer.text();
    const place = `${Object.keys(answers).length}. ${path} ${answer.status}`;
    answers[place] = `${JSON.stringify([...answer.headers])}\n${body}`;
    return body;
  };
  const { calls } = JSON.parse(await read('/api/calls?limit=1000')) as { calls: { seq: number }[] };
  expect(calls.length).toBeGreaterThan(300);
  for (let i = 0; i < calls.length; i += 20)
    await Promise.all(
      calls.slice(i, i + 20).flatMap(({ seq }) => [read(`/api/calls/${seq}`), read(`/api/calls/${seq}/why`)]),
    );
  for (const path of [
    'info',
    'sinks',
    'series',
    'brokers',
    'clients?limit=1000',
    'calls?filter=nobody:x',
    'config',
    'schema',
  ])
    await read(`/api/${path}`);
  const { policy } = JSON.parse(await read('/api/config')) as { policy: string };
  const drafts = [
    policy,
    `${policy}\nnonsense: [`,
    policy.replace('methods:', 'metods:'),
    policy.replace('***', '$***'),
  ];
  for (const yaml of drafts)
    for (const [path, more] of [
      ['check', {}],
      ['compare', {}],
      ['explain', { seq: calls[0]?.seq }],
    ] as const)
      await read(`/api/${path}`, { yaml, ...more });
  for (const { seq } of calls.slice(0, 100)) await read('/api/explain', { seq });
  const asked = Object.keys(answers).join('\n');
  for (const path of ['check', 'compare', 'explain']) expect(asked).toContain(`/api/${path} 200`);
  const { epoch } = JSON.parse(await read('/api/info')) as { epoch: string };
  answers.stream = await readStream(`${base}/api/stream`, { authorization, 'last-event-id': `${epoch}.1` });
  return answers;
}

/** Resumed from the first call on. */
async function readStream(url: string, headersSent: Record<string, string>): Promise<string> {
  const end = new AbortController();
  const { body, headers } = await fetch(url, { headers: headersSent, signal: end.signal });
  let text = JSON.stringify([...headers]);
  const decoder = new TextDecoder();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > 50_000) break;
  }
  end.abort();
  return text;
}

interface Setup {
  readonly service: number;
  readonly redis: number;
  readonly format: string;
  readonly from: 'password' | 'username';
}

function configOf({ service, redis, format, from }: Setup): object {
  const query = configured['parameter of the service'];
  return {
    log: { level: 'trace', format },
    admin: { port: 0, token: { env: 'ADMIN_TOKEN' } },
    inspector: { port: 0, token: { env: 'INSPECTOR_TOKEN' } },
    decisions: { log: 'all' },
    events: { stdout: 'json' },
    authenticate: {
      methods: [
        { jwt: { secret: { env: 'HMAC_KEY' }, from, requireExpiry: false } },
        {
          http: {
            url: `http://127.0.0.1:${service}/login?key=${query}`,
            headers: {
              authorization: { env: 'SERVICE_TOKEN' },
              'x-api-key': configured['header of the service'],
            },
            body: { u: '${username}', p: '${password}', s: configured['body field of the service'] },
            retries: 0,
          },
        },
      ],
      cache: {},
    },
    authorize: {
      rules: [{ allow: 'publish', topics: 'devices/${username}/#' }],
      grants: {
        redis: { url: `redis://127.0.0.1:${redis}`, password: { env: 'REDIS_PASSWORD' }, timeout: '500ms' },
      },
    },
  };
}

const answers = [
  [200, 'application/json'],
  [500, 'text/plain'],
  [401, 'application/json'],
  [302, 'text/html'],
  [200, 'text/plain'],
] as const;

describe.skipIf(isRedisMissing)('a server with everything turned on', { timeout: 120_000 }, () => {
  it.each([
    ['json', 'password'],
    ['json', 'username'],
    ['pretty', 'username'],
    ['google', 'password'],
  ] as const)('tells no secret in the format %s, with tokens in the %s', async (format, from) => {
    const redis = await startRedis({ password: configured['password of Redis'] });
    const service = await startHttpEcho((n) => answers[n % answers.length] ?? answers[0]);
    const directory = temporaryDirectory();
    const recording = join(directory, 'traffic.jsonl');
    const config = configOf({ service: service.port, redis: redis.port, format: 'json', from });
    const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
    const flags = format === 'json' ? [] : ['--log-format', format];
    const server = openServer(['--config', path, '--record', recording, ...flags], { env });
    onTestFinished(() => server.kill());
    const broker = aBroker(await addressIn(server, 'listening on'));
    for (const client of clients) {
      expect(await callEverything(broker, client, payload)).toBeGreaterThan(50);
      await callBadly(broker, client);
    }
    const inspected = format === 'json' ? await readInspector(server) : {};
    const pages = { ...(await readPages(server)), ...inspected };
    await server.stop();
    await redis.close();
    const places = {
      ...pages,
      'standard output': server.stdout.text,
      'standard error': server.stderr.text,
      'the recording': readFileSync(recording, 'utf8'),
    };
    expect(service.count).toBeGreaterThan(0);
    expect(server.stdout.lines.length).toBeGreaterThan(50);
    expect(places['standard error']).toMatch(/a call was decided/);
    expect(places['standard error']).toMatch(/cannot be used/);
    expect(findLeaks(all, places)).toEqual([]);
    const { 'standard output': _, 'the recording': __, ...others } = places;
    expect(findLeaks({ payload }, others)).toEqual([]);
  });
});
