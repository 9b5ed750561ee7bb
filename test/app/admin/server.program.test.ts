import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AdminSource } from '../../../src/app/admin/page.ts';
import { type OwnPort, openAdminServer } from '../../../src/app/admin/server.ts';
import { Admin } from '../../../src/config/sections/admin.ts';

const source: AdminSource = {
  isReady: async () => true,
  metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', text: 'up 1\n' }),
  config: async () => ({ listen: { port: 1 } }),
  hooks: async () => ({
    registered: [],
    brokers: [{ node: 'a', protocol: 'v3', calls: { 'client.connect': { calls: 1, last: 0 } } }],
  }),
};

interface Opened {
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly lines: string[];
}

async function open(admin: object = {}, overrides: Partial<AdminSource> = {}, env = {}): Promise<Opened> {
  const lines: string[] = [];
  const write = (...args: unknown[]) => void lines.push(String(args.at(-1)));
  const server = await openAdminServer({
    admin: Admin.parse({ port: 0, ...admin }) as OwnPort,
    source: { ...source, ...overrides },
    log: { info: write, warn: write, error: write } as never,
    env,
  });
  onTestFinished(() => server.close());
  return { get: (path, init) => fetch(`http://127.0.0.1:${server.address.port}${path}`, init), lines };
}

describe('the admin port', () => {
  it.each<[path: string, status: number, type: string, body: RegExp]>([
    ['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8', /^up 1$/m],
    ['/healthz', 200, 'text/plain; charset=utf-8', /^ok$/m],
    ['/readyz', 200, 'text/plain; charset=utf-8', /^ok$/m],
    ['/configz', 200, 'application/json', /"port": 1/],
    ['/hooksz', 200, 'application/json', /"last": "1970-01-01T00:00:00\.000Z"/],
    ['/metrics?name=up', 200, 'text/plain; version=0.0.4; charset=utf-8', /^up 1$/m],
    ['/', 404, 'text/plain; charset=utf-8', /\/metrics \/healthz \/readyz \/configz \/hooksz/],
  ])('answers %s with %d', async (path, status, type, body) => {
    const { get } = await open();
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')]).toStrictEqual([status, type]);
    expect(await response.text()).toMatch(body);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is not ready when brokers may not call', async () => {
    const { get } = await open({}, { isReady: async () => false });
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('says so if there is no configuration to show', async () => {
    const { get } = await open({}, { config: async () => undefined });
    expect((await get('/configz')).status).toBe(503);
  });

  it('answers HEAD without a body and other methods not at all', async () => {
    const { get } = await open();
    const head = await get('/metrics', { method: 'HEAD' });
    expect([head.status, await head.text()]).toStrictEqual([200, '']);
    const post = await get('/metrics', { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toStrictEqual([405, 'GET, HEAD']);
  });

  it('says that a page failed, and why in the log only', async () => {
    const failing = { metrics: () => Promise.reject(new Error('the inner reason')) };
    const { get, lines } = await open({}, failing);
    const response = await get('/metrics');
    expect([response.status, await response.text()]).toStrictEqual([
      500,
      'this page failed; the log has the reason\n',
    ]);
    expect(lines.at(-1)).toBe('a page of the admin port failed');
  });
});

describe('the token', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it.each(['/metrics', '/configz', '/hooksz', '/', '/nothing'])('is needed for %s', async (path) => {
    const { get } = await open({ token: 's3cret' });
    for (const init of [{}, bearer('wrong')]) {
      const response = await get(path, init);
      expect([response.status, response.headers.get('www-authenticate')]).toStrictEqual([401, 'Bearer']);
      expect(await response.text()).not.toContain('s3cret');
    }
    expect((await get(path, bearer('s3cret'))).status).not.toBe(401);
  });

  it.each(['/healthz', '/readyz'])('is not needed for %s', async (path) => {
    const { get } = await open({ token: 's3cret' });
    expect((await get(path)).status).toBe(200);
  });

  it('comes from an environment variable', async () => {
    const { get } = await open({ token: { env: 'TOKEN' } }, {}, { TOKEN: 'fr0m-env' });
    expect((await get('/metrics', bearer('fr0m-env'))).status).toBe(200);
  });

  it.each<[admin: object, message: string]>([
    [{ token: { env: 'TOKEN' } }, 'admin.token: environment variable TOKEN is not set'],
    [{ token: { file: '/nowhere/token' } }, 'admin.token: cannot read /nowhere/token: ENOENT'],
    [{ host: '192.0.2.1' }, 'admin.host: 192.0.2.1 is not an address of this machine'],
  ])('or the address that cannot be had stops the start: %j', async (admin, message) => {
    await expect(open(admin)).rejects.toThrow(message);
  });

  it('is asked for when others can reach the port', async () => {
    const { lines } = await open({ host: '0.0.0.0' });
    expect(lines.at(-1)).toMatch(/set admin\.token/);
    for (const meant of [{ token: 's3cret' }, { open: true }]) {
      const { lines: quiet } = await open({ host: '0.0.0.0', ...meant });
      expect(quiet).toStrictEqual([expect.stringMatching(/^admin pages are at http:\/\/0\.0\.0\.0:\d+$/)]);
    }
  });
});

it('says which key to change when the port is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  await expect(open({ port })).rejects.toThrow(
    `admin.port: port ${port} is already in use on 127.0.0.1; choose another one`,
  );
});
