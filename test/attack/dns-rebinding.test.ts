/** A web page that makes its own host name resolve to the address of this server, and calls it from a browser. */
import { request as http1 } from 'node:http';
import { connect } from 'node:http2';
import { describe, expect, it } from 'vitest';
import { aBroker } from '../program/support/broker.ts';
import { serverOf } from '../program/support/policy-server.ts';
import { requestOf, rpcFor } from '../support/runtime.ts';

const EVIL = 'rebound.attacker.example';
const TOKEN = 'a-token-that-nobody-guesses';
const rpc = rpcFor('client.authenticate');
const login = { clientinfo: { clientid: 'c', username: 'admin', password: 'guess' } };

interface Asked {
  readonly status: number;
  readonly body: string;
}

function ask(port: number, path: string, headers: Record<string, string>, body?: string): Promise<Asked> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const sent = http1({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function ask2(url: string, headers: Record<string, string>): Promise<number> {
  const session = connect(url);
  return new Promise<number>((resolve, reject) => {
    session.on('error', reject);
    session
      .request(headers)
      .on('error', reject)
      .on('response', (response) => resolve(response[':status'] ?? 0))
      .end(headers[':method'] === 'POST' ? JSON.stringify(login) : undefined);
  }).finally(() => session.destroy());
}

async function aServer(more: { admin?: object; listen?: object } = {}) {
  const { server } = await serverOf({
    listen: { host: '127.0.0.1', port: 0, ...more.listen },
    admin: { port: 0, ...more.admin },
    authenticate: users,
  });
  const port = Number(new URL(server.url).port);
  const { message } = await server.logged(/^admin pages are /);
  const admin = Number(/:(\d+)$/.exec(message)?.[1] ?? port);
  return { server, port, admin };
}

const users = {
  methods: [
    {
      users: {
        list: [{ username: 'u', hash: '$2b$04$0iJZEeHnHdWBl4ozBwlgnu1oqPmsEcu.e2vbvVewECUso9eogZgeK' }],
      },
    },
  ],
};
const json = { 'content-type': 'application/json' };

describe('a browser that was led here by another name', () => {
  it('guesses no password over JSON or gRPC-Web, by HTTP/1 or HTTP/2', async () => {
    const { server, port } = await aServer();
    const body = JSON.stringify(login);
    expect(await ask(port, rpc.path, { ...json, host: '127.0.0.1' }, body)).toMatchObject({ status: 200 });
    for (const type of [
      'application/json',
      'application/grpc-web+proto',
      'application/grpc',
      'application/proto',
    ]) {
      const headers = { 'content-type': type, host: `${EVIL}:${port}` };
      const { status, body: text } = await ask(port, rpc.path, headers, body);
      expect([type, status]).toEqual([type, 403]);
      expect(text).toMatch(/listen\.hosts/);
      expect(text).not.toContain(EVIL);
    }
    const post = { ':method': 'POST', ':path': rpc.path, ...json };
    expect(await ask2(server.url, { ...post, ':authority': EVIL })).toBe(403);
    expect(await ask2(server.url, { ...post, ':authority': 'localhost' })).toBe(200);
  });

  it('makes no request from its page to an address of ours', async () => {
    const { port } = await aServer();
    const headers = { ...json, host: `127.0.0.1:${port}` };
    for (const origin of [`http://${EVIL}`, 'http://203.0.113.5', 'null', 'http://127.0.0.1:1'])
      expect(await ask(port, rpc.path, { ...headers, origin }, JSON.stringify(login))).toMatchObject({
        status: 403,
      });
    const same = { ...headers, origin: `http://127.0.0.1:${port}` };
    expect(await ask(port, rpc.path, same, JSON.stringify(login))).toMatchObject({ status: 200 });
  });

  it('reads no page of the admin port, and probes by any name are answered', async () => {
    const { port, admin } = await aServer();
    for (const path of ['/metrics', '/configz', '/hooksz', '/'])
      expect([path, (await ask(admin, path, { host: `${EVIL}:${admin}` })).status]).toEqual([path, 403]);
    for (const path of ['/healthz', '/readyz'])
      for (const where of [port, admin]) expect((await ask(where, path, { host: EVIL })).status).toBe(200);
    for (const host of [`localhost:${admin}`, `127.0.0.1:${admin}`])
      expect((await ask(admin, '/configz', { host })).status).toBe(200);
  });

  it.each([
    ['a port of its own', 0],
    ['the port of brokers', 'shared'],
  ])('is let in with the token, whatever its host, on %s', async (_, port) => {
    const { admin } = await aServer({ admin: { port, token: TOKEN } });
    const ask1 = (headers: Record<string, string>) => ask(admin, '/configz', { host: EVIL, ...headers });
    expect((await ask1({ authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await ask1({ authorization: 'Bearer guess' })).status).toBe(403);
    expect((await ask1({})).status).toBe(403);
    expect((await ask(admin, '/configz', { host: 'localhost' })).status).toBe(401);
  });

  it('is let in by the names that are listed', async () => {
    const { port, admin } = await aServer({
      admin: { hosts: ['exhook-edge', '*.svc'] },
      listen: { hosts: ['exhook-edge'] },
    });
    for (const host of ['exhook-edge', `exhook-edge:${admin}`, 'exhook-edge.mqtt.svc'])
      expect((await ask(admin, '/metrics', { host })).status).toBe(200);
    expect((await ask(admin, '/metrics', { host: EVIL })).status).toBe(403);
    expect((await ask(port, rpc.path, { ...json, host: 'exhook-edge' }, JSON.stringify(login))).status).toBe(
      200,
    );
  });

  it('does not affect brokers: the authority of gRPC is never checked', async () => {
    const { server } = await aServer();
    const broker = aBroker(server.url, undefined, { 'grpc.default_authority': EVIL });
    expect(await broker.call(rpc.path, requestOf(rpc, login))).toMatchObject({ status: 0 });
  });
});
