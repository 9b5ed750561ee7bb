/** A server with the inspector's API and made-up calls, for tests and pictures of the page. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CallRow, Info, StreamMessages } from '../../../src/inspector/api.ts';
import { root } from '../source.ts';
import { FilterProblem, readFilter } from './fake-filter.ts';
import { sampleAnswer } from './sample-answers.ts';
import { SAMPLE_START } from './sample-calls.ts';
import { sampleDetail, sampleWhy } from './sample-detail.ts';

const PAGE = join(root, 'dist/inspector');
export const TOKEN = 'a-token-of-tests';

/** As the inspector sends it; the page must work under it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface Viewer {
  readonly response: ServerResponse;
  readonly matches: (row: CallRow) => boolean;
}

export class FakeInspector {
  readonly #server: Server;
  readonly #viewers = new Set<Viewer>();
  #calls: CallRow[] = [];
  epoch = 'first';
  capabilities: Info['capabilities'] = { dev: false, write: false, payloads: true };
  /** Every path that was asked for. */
  readonly asked: string[] = [];

  constructor(calls: readonly CallRow[] = []) {
    this.#calls = [...calls];
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @returns the URL that `exhook dev` would print */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `${this.origin}/#token=${TOKEN}`;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** More calls, as the stream sends them. */
  push(calls: readonly CallRow[]): void {
    this.#calls.push(...calls);
    for (const { matches, response } of this.#viewers) {
      const rows = calls.filter(matches);
      if (rows.length > 0) this.#send(response, 'calls', rows);
    }
  }

  send<Name extends keyof StreamMessages>(name: Name, data: StreamMessages[Name]): void {
    for (const { response } of this.#viewers) this.#send(response, name, data);
  }

  /** Forgets all and ends all streams, as a restart does. */
  restart(): void {
    this.epoch = `${this.epoch}+`;
    this.#calls = [];
    this.cut();
  }

  /** Ends all streams. */
  cut(): void {
    for (const { response } of this.#viewers) response.destroy();
    this.#viewers.clear();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #send(response: ServerResponse, event: string, data: unknown): void {
    const last = this.#calls.at(-1)?.seq ?? 0;
    response.write(`id: ${this.epoch}.${last}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.origin);
    this.asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-security-policy', POLICY);
    if (!pathname.startsWith('/api/')) serveFile(pathname, response);
    else if (request.headers.authorization !== `Bearer ${TOKEN}`)
      fail(response, 401, 'unauthorized', 'The token is not the one of this server.');
    else this.#answerApi(`${request.method} ${pathname}`, searchParams, response);
  }

  #answerApi(endpoint: string, query: URLSearchParams, response: ServerResponse): void {
    try {
      const matches = readFilter(query.get('filter') ?? '');
      const [, seq, why] = /^GET \/api\/calls\/(\d+)(\/why)?$/.exec(endpoint) ?? [];
      if (endpoint === 'GET /api/info') json(response, this.#info());
      else if (endpoint === 'GET /api/stream') this.#stream(matches, query.get('after') ?? '', response);
      else if (endpoint === 'GET /api/calls') json(response, this.#page(matches, query));
      else if (seq !== undefined) this.#call(Number(seq), why !== undefined, response);
      else answerSample(endpoint, query, response);
    } catch (error) {
      const { message } = error as Error;
      const where = error instanceof FilterProblem ? { column: error.column } : undefined;
      fail(response, 400, 'bad_request', message, where);
    }
  }

  #call(seq: number, isWhy: boolean, response: ServerResponse): void {
    const row = this.#calls.find((one) => one.seq === seq);
    if (row === undefined) fail(response, 404, 'not_found', 'the call is not kept any more');
    else json(response, isWhy ? sampleWhy(row) : sampleDetail(row));
  }

  #stream(matches: Viewer['matches'], after: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const viewer = { response, matches };
    response.on('close', () => this.#viewers.delete(viewer));
    const [epoch, seq] = after.split('.');
    const isResumed = epoch === this.epoch;
    this.#send(response, 'start', { epoch: this.epoch, last: this.#calls.at(-1)?.seq ?? 0, isResumed });
    const missed = isResumed ? this.#calls.filter((row) => row.seq > Number(seq) && matches(row)) : [];
    if (missed.length > 0) this.#send(response, 'calls', missed);
    this.#viewers.add(viewer);
  }

  #page(matches: Viewer['matches'], query: URLSearchParams) {
    const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
    const limit = Number(query.get('limit') ?? 200);
    const found = this.#calls.filter((row) => row.seq < before && matches(row));
    return { calls: found.slice(-limit).reverse(), hasMore: found.length > limit };
  }

  #info(): Info {
    const last = this.#calls.at(-1)?.seq ?? 0;
    return {
      version: '0.2.0',
      node: 'v20.20.0',
      pid: 4711,
      epoch: this.epoch,
      startedAt: SAMPLE_START - 3_600_000,
      now: SAMPLE_START,
      capabilities: this.capabilities,
      revision: '7f3a91c',
      listen: 'http://127.0.0.1:9000',
      ring: {
        calls: this.#calls.length,
        bytes: this.#calls.length * 900,
        maxCalls: 2_000,
        maxBytes: 33_554_432,
        payloadBytes: 65_536,
        first: this.#calls[0]?.seq ?? 0,
        last,
      },
      sinks: ['history', 'audit'],
      hooks: ['client.authenticate', 'client.authorize', 'message.publish'],
      viewers: { now: this.#viewers.size, max: 5 },
    };
  }
}

function serveFile(pathname: string, response: ServerResponse): void {
  const manifest = JSON.parse(readFileSync(join(PAGE, 'manifest.json'), 'utf8'));
  const asset = manifest[pathname] as { file: string; type: string } | undefined;
  if (asset === undefined) {
    fail(response, 404, 'not_found', 'no such file');
    return;
  }
  response.writeHead(200, { 'content-type': asset.type });
  response.end(readFileSync(join(PAGE, asset.file)));
}

function answerSample(endpoint: string, query: URLSearchParams, response: ServerResponse): void {
  const answer = sampleAnswer(endpoint, query);
  if (answer === undefined) fail(response, 404, 'not_found', 'no such path');
  else json(response, answer);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, code: string, message: string, where?: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code, message, where }));
}
