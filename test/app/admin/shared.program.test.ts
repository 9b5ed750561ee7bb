/** Pages on the port of brokers. */
import { connect, constants } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AdminSource } from '../../../src/app/admin/page.ts';
import { openSharedPages } from '../../../src/app/admin/shared.ts';
import { type Serving, serve } from '../../../src/app/serve.ts';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { Admin } from '../../../src/config/sections/admin.ts';
import { createLogger } from '../../../src/log/log.ts';

const TOKEN = 's3cret-t0ken';

const log = await createLogger({ level: 'silent', format: 'json' });

async function start(admin: ConfigInput['admin']): Promise<Serving> {
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await serve({ config: { listen, events: { stdout: 'off' }, admin }, log });
  onTestFinished(async () => void (await server.stop()));
  return server;
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

type Ask = (path: string, options?: { token?: string; method?: string }) => Promise<Got>;

const headersOf = (token: string | undefined) =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function overHttp1({ address }: Serving): Ask {
  return async (path, { token, method = 'GET' } = {}) => {
    const url = `http://127.0.0.1:${address.port}${path}`;
    const response = await fetch(url, { method, headers: headersOf(token) });
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, body: await response.text() };
  };
}

function overHttp2({ address }: Serving): Ask {
  const session = connect(`http://127.0.0.1:${address.port}`);
  onTestFinished(() => session.destroy());
  return (path, { token, method = 'GET' } = {}) =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ':method': method, ':path': path, ...headersOf(token) });
      let headers: Record<string, unknown> = {};
      let body = '';
      stream.setEncoding('utf8');
      stream.once('response', (given) => {
        headers = given;
      });
      stream.on('data', (text: string) => {
        body += text;
      });
      stream.once('error', reject);
      stream.once('close', () => resolve({ status: Number(headers[':status']), headers, body }));
    });
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
] as const)('the port of brokers with admin.port: shared, over %s', (_version, over) => {
  it.each<[path: string, type: string, body: RegExp]>([
    ['/metrics', 'text/plain; version=0.0.4; charset=utf-8', /^exhook_ready 1$/m],
    ['/metrics?name=up', 'text/plain; version=0.0.4; charset=utf-8', /^process_resident_memory_bytes \d+$/m],
    ['/configz', 'application/json', /"port": "shared"/],
    ['/hooksz', 'application/json', /"registered"/],
  ])('answers %s to anyone with the token', async (path, type, body) => {
    const ask = over(await start({ port: 'shared', token: TOKEN }));
    const { status, headers, body: shown } = await ask(path, { token: TOKEN });
    expect([status, headers['content-type'], headers['cache-control']]).toStrictEqual([
      200,
      type,
      'no-store',
    ]);
    expect(shown).toMatch(body);
    expect(shown).not.toContain(TOKEN);
  });

  it.each(['/metrics', '/configz', '/hooksz'])('refuses %s without the token', async (path) => {
    const ask = over(await start({ port: 'shared', token: TOKEN }));
    for (const options of [{}, { token: 'wrong' }]) {
      const { status, headers, body } = await ask(path, options);
      expect([status, headers['www-authenticate']]).toStrictEqual([401, 'Bearer']);
      expect(body).not.toContain('exhook_');
    }
  });

  it('answers probes without it, and the rest as ever', async () => {
    const ask = over(await start({ port: 'shared', token: TOKEN }));
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('/nothing')).toMatchObject({ status: 404, body: expect.stringContaining('/healthz') });
  });

  it('answers HEAD without a body and other methods not at all', async () => {
    const ask = over(await start({ port: 'shared', token: TOKEN }));
    expect(await ask('/metrics', { token: TOKEN, method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect(await ask('/metrics', { token: TOKEN, method: 'POST' })).toMatchObject({ status: 405 });
  });

  it('shows everybody all pages when that is meant', async () => {
    const ask = over(await start({ port: 'shared', open: true }));
    expect((await ask('/metrics')).body).toMatch(/^exhook_ready 1$/m);
  });

  it('has no pages if they have their own port', async () => {
    const server = await start({ port: 0, token: TOKEN });
    expect(server.adminAddress?.port).toBeGreaterThan(0);
    expect(await over(server)('/metrics', { token: TOKEN })).toMatchObject({ status: 404 });
  });
});

it('is one port only', async () => {
  expect(await start({ port: 'shared', token: TOKEN })).not.toHaveProperty('adminAddress');
});

it('lives on after callers that did not wait for their page', async () => {
  const server = await start({ port: 'shared', token: TOKEN });
  for (let i = 0; i < 10; i++) {
    const session = connect(`http://127.0.0.1:${server.address.port}`);
    const stream = session.request({ ':path': '/metrics', ...headersOf(TOKEN) });
    stream.once('error', () => {});
    await new Promise((resolve) => session.once('connect', resolve));
    stream.close(constants.NGHTTP2_CANCEL);
    session.destroy();
  }
  expect(await overHttp1(server)('/metrics', { token: TOKEN })).toMatchObject({ status: 200 });
});

it('says which key to change when the token cannot be had', async () => {
  await expect(start({ port: 'shared', token: { file: '/nowhere/token' } })).rejects.toThrow(
    'admin.token: cannot read /nowhere/token: ENOENT',
  );
});

it('makes one page at a time, however many ask', async () => {
  let made = 0;
  let finish: (() => void) | undefined;
  const source: Partial<AdminSource> = {
    metrics: () =>
      new Promise((resolve) => {
        made++;
        finish = () => resolve({ contentType: 'text/plain', text: `page ${made}\n` });
      }),
  };
  const shared = await openSharedPages({
    admin: Admin.parse({ port: 'shared', open: true }),
    listen: { host: '127.0.0.1', hosts: [] },
    answer: (page) => page.answer(source as AdminSource),
    log: { info() {}, error() {} } as never,
    env: {},
  });
  const bodies: string[] = [];
  const ask = () =>
    shared(
      { method: 'GET', url: '/metrics', headers: {} } as never,
      { writeHead() {}, end: (body: string) => void bodies.push(body) } as never,
    );
  expect([ask(), ask(), ask()]).toStrictEqual([true, true, true]);
  finish?.();
  await expect.poll(() => bodies).toStrictEqual(['page 1\n', 'page 1\n', 'page 1\n']);
  ask();
  finish?.();
  await expect.poll(() => bodies.at(-1)).toBe('page 2\n');
});
