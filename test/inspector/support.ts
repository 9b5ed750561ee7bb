/** The built server with an inspector, and a client of its API that is not ours: fetch, and raw requests. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { aBroker, type Broker } from '../program/support/broker.ts';
import {
  openServer,
  type RunningServer,
  temporaryDirectory,
  temporaryFile,
} from '../program/support/program.ts';

export const TOKEN = 'token-of-the-inspector-0123456789';

export interface Inspected {
  readonly server: RunningServer;
  readonly broker: Broker;
  /** Where the inspector listens, such as `http://127.0.0.1:41234`. */
  readonly base: string;
  /** Path of the configuration file. */
  readonly file: string;
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  /** @returns status and body. */
  post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** @param config of the server; an inspector on a free port is added. */
export async function startInspected(config: object, inspector: object = {}): Promise<Inspected> {
  const all = { inspector: { port: 0, token: TOKEN, ...inspector }, ...config };
  const file = temporaryFile('exhook.yaml', JSON.stringify(all, undefined, 1), temporaryDirectory());
  const server = openServer(['--config', file]);
  onTestFinished(() => server.kill());
  await server.listening();
  const { message } = await server.logged(/^the inspector is at /);
  const base = /http:\/\/\S+:\d+/.exec(message)?.[0] ?? '';
  const headers = { authorization: `Bearer ${TOKEN}` };
  return {
    server,
    base,
    file,
    broker: aBroker(server.url),
    async get<T>(path: string): Promise<T> {
      const answer = await fetch(`${base}${path}`, { headers });
      const body = await answer.text();
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`);
      return JSON.parse(body) as T;
    },
    async post(path, body) {
      const answer = await fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with any headers: fetch sets some of its own. */
export function rawRequest(
  base: string,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const sent = httpRequest({ hostname, port, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
      );
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
