/** A broker's REST API, as far as this project uses it: what EMQX 5.8 answers, with a state that tests set. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface FakeServer {
  name: string;
  enable: boolean;
  url: string;
  request_timeout: string;
  failed_action: string;
  auto_reconnect: string | boolean;
  pool_size: number;
  ssl: Record<string, unknown>;
  [more: string]: unknown;
}

export interface FakeState {
  nodes: { node: string; node_status: string; version: string }[];
  servers: FakeServer[];
  /** Of each server, by its name. */
  hooks: Record<
    string,
    { name: string; params: { topics?: string[] }; calls?: [succeed: number, failed: number] }[]
  >;
  /** Of each server on each node; default: connected, or disabled. */
  status: Record<string, string>;
  sources: Record<string, unknown>[];
  settings: Record<string, unknown>;
  authenticators: Record<string, unknown>[];
  users: unknown[];
  /** Paths that this key may not read. */
  forbidden: string[];
  /** Given to a server that is enabled. */
  hooksOfOurs: string[];
  /** So many requests that enable a server fail. */
  failingEnables: number;
  /** So many requests that disable a server fail. */
  failingDisables: number;
}

export const KEY = 'a-key';
export const SECRET = 'the-secret-of-the-key';

export const aServer = (more: Partial<FakeServer> = {}): FakeServer => ({
  name: 'exhook-edge',
  enable: true,
  url: 'http://exhook.example:9000',
  request_timeout: '5s',
  failed_action: 'deny',
  auto_reconnect: '60s',
  pool_size: 8,
  ssl: { enable: false, verify: 'verify_none' },
  ...more,
});

export const aState = (more: Partial<FakeState> = {}): FakeState => ({
  nodes: [{ node: 'emqx@10.0.0.1', node_status: 'running', version: '6.2.0' }],
  servers: [],
  hooks: {},
  status: {},
  sources: [],
  settings: { no_match: 'deny', deny_action: 'ignore', cache: { enable: false, max_size: 32, ttl: '1m' } },
  authenticators: [],
  users: [],
  forbidden: [],
  hooksOfOurs: ['client.connected', 'client.disconnected'],
  failingEnables: 0,
  failingDisables: 0,
  ...more,
});

export interface FakeEmqx {
  readonly url: string;
  readonly state: FakeState;
  /** `PUT /exhooks/exhook-edge`, ... */
  readonly requests: string[];
}

export async function aBroker(more: Partial<FakeState> = {}): Promise<FakeEmqx> {
  const state = aState(more);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    answer(state, request, requests)
      .then(([status, body]) => send(response, status, body))
      .catch((error) => send(response, 500, { code: 'INTERNAL_ERROR', message: String(error) }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, state, requests };
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

type Answer = [status: number, body?: unknown];

async function answer(state: FakeState, request: IncomingMessage, requests: string[]): Promise<Answer> {
  const { method = '', url = '' } = request;
  const path = decodeURIComponent(url).replace('/api/v5', '').replace(/\?.*/, '');
  const expected = `Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')}`;
  if (request.headers.authorization !== expected)
    return [401, { code: 'BAD_API_KEY_OR_SECRET', message: 'Check api_key/api_secret' }];
  requests.push(`${method} ${path}`);
  if (state.forbidden.includes(path)) return [403, { code: 'UNAUTHORIZED_ROLE', message: 'no' }];
  const body = method === 'GET' ? {} : ((await json(request)) as Partial<FakeServer>);
  if (path === '/nodes') return [200, state.nodes];
  if (path === '/exhooks' && method === 'GET') return [200, state.servers.map((one) => detail(state, one))];
  if (path === '/exhooks') return add(state, body as FakeServer);
  if (path.startsWith('/exhooks/')) return one(state, path, method, body);
  if (path === '/authorization/sources') return [200, { sources: state.sources }];
  if (path === '/authorization/settings') return [200, state.settings];
  if (path === '/authentication' && method === 'POST') {
    const id = 'password_based:built_in_database';
    state.authenticators.push({ enable: true, ...body, id });
    return [200, state.authenticators.at(-1)];
  }
  if (path === '/authentication') return [200, state.authenticators];
  if (method === 'PUT' && /^\/authentication\/[^/]+$/.test(path)) {
    const id = path.split('/')[2];
    state.authenticators = state.authenticators.map((one) =>
      one.id === id ? { enable: true, ...body, id } : one,
    );
    return [200, state.authenticators.find((one) => one.id === id)];
  }
  if (/^\/authentication\/[^/]+\/users$/.test(path))
    return [200, { data: state.users.slice(0, 1), meta: { count: state.users.length, page: 1, limit: 1 } }];
  return [404, { code: 'NOT_FOUND', message: 'no such path' }];
}

function add(state: FakeState, body: FakeServer): Answer {
  if (state.servers.some(({ name }) => name === body.name))
    return [400, { code: 'BAD_REQUEST', message: 'Already exists' }];
  state.servers.push(body);
  state.hooks[body.name] = state.hooksOfOurs.map((name) => ({ name, params: {} }));
  return [200, detail(state, body)];
}

function one(state: FakeState, path: string, method: string, body: Partial<FakeServer>): Answer {
  const [, , name = '', sub] = path.split('/');
  const index = state.servers.findIndex((server) => server.name === name);
  const server = state.servers[index];
  if (server === undefined) return [404, { code: 'NOT_FOUND', message: 'Server not found' }];
  if (sub === 'hooks')
    return [200, hooksOf(state, name).map((hook) => ({ ...hook, ...metricsOf(hook.calls) }))];
  if (method === 'GET') return [200, detail(state, server)];
  // As in EMQX, a PUT drops keys that it leaves out.
  const next = body as FakeServer;
  if (next.url === undefined) return [400, { code: 'BAD_REQUEST', message: 'url is missing' }];
  if (next.enable && state.failingEnables > 0) {
    state.failingEnables--;
    return [503, { code: 'SERVICE_UNAVAILABLE', message: 'not now' }];
  }
  if (!next.enable && state.failingDisables > 0) {
    state.failingDisables--;
    return [503, { code: 'SERVICE_UNAVAILABLE', message: 'not now' }];
  }
  if (!server.enable && next.enable)
    state.hooks[name] = state.hooksOfOurs.map((hook) => ({ name: hook, params: {} }));
  state.servers[index] = next;
  return [200, detail(state, next)];
}

const hooksOf = (state: FakeState, name: string) => state.hooks[name] ?? [];

function detail(state: FakeState, server: FakeServer) {
  const status = server.enable ? (state.status[server.name] ?? 'connected') : 'disabled';
  return {
    ...server,
    ...metricsOf(),
    node_status: state.nodes.map(({ node }) => ({ node, status })),
    hooks: server.enable ? hooksOf(state, server.name).map(({ name, params }) => ({ name, params })) : [],
  };
}

function metricsOf([succeed, failed]: [number, number] = [0, 0]) {
  const metrics = { succeed, failed, rate: 0, max_rate: 0 };
  return { metrics, node_metrics: [{ node: 'emqx@10.0.0.1', metrics }] };
}
