/** Streams that never end, against the built server with little memory: health watches, and answers that nobody reads. */
import { connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { expect, it, onTestFinished } from 'vitest';
import { HealthCheckRequestSchema } from '../../gen/grpc/health/v1/health_pb.ts';
import { login } from '../program/support/json-calls.ts';
import { type RunningServer, startServer, temporaryFile } from '../program/support/program.ts';
import { frame, grpcHeaders } from '../transport/raw-client.ts';

const WATCH = '/grpc.health.v1.Health/Watch';
const CHECK = '/grpc.health.v1.Health/Check';
const request = frame(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema)));

async function startSmall(listen: object = {}): Promise<RunningServer> {
  const config = {
    listen,
    events: { stdout: 'off' },
    authenticate: { methods: [{ anonymous: { who: { clientid: 'ok' } } }] },
  };
  const path = temporaryFile('exhook.yaml', JSON.stringify(config));
  return await startServer(['--config', path], { env: { NODE_OPTIONS: '--max-old-space-size=200' } });
}

/** Opens streams on a separate connection. @returns how many of them are open. */
function flood(url: string, path: string, count: number, settings = {}): () => number {
  const session = connect(url, { settings });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  let open = count;
  for (let i = 0; i < count; i++) {
    const stream = session.request(grpcHeaders(path, { 'grpc-timeout': undefined }));
    stream.on('error', () => {});
    stream.on('close', () => void open--);
    stream.resume();
    stream.end(request);
  }
  return () => open;
}

async function expectServed(server: RunningServer): Promise<void> {
  // A connection that fetch keeps may have been closed by the server a moment ago.
  const answer = () => login(server.url, { clientid: 'ok' }).catch(() => undefined);
  await expect.poll(answer, { timeout: 20_000 }).toMatchObject({ body: { boolResult: true } });
  expect((await server.stop()).code).toBe(0);
}

it.each([
  ['with listen.connect', {}],
  ['without listen.connect', { connect: false }],
])(
  '2,500 watches on each of three connections leave a few, and the server answers: %s',
  async (_, listen) => {
    const server = await startSmall(listen);
    const open = Array.from({ length: 3 }, () => flood(server.url, WATCH, 2_500));
    for (const count of open) await expect.poll(count, { timeout: 60_000 }).toBe(16);
    await server.logged(/^too many watches/);
    if (_ === 'with listen.connect') await expectServed(server);
    else expect((await server.stop()).code).toBe(0);
  },
);

it('watches and checks whose answers nobody reads end', async () => {
  const server = await startSmall();
  const watches = flood(server.url, WATCH, 2_500, { initialWindowSize: 0 });
  const checks = flood(server.url, CHECK, 2_500, { initialWindowSize: 0 });
  await expect.poll(watches, { timeout: 60_000 }).toBe(16);
  await expect.poll(checks, { timeout: 60_000 }).toBe(0);
  await expectServed(server);
});

it('1,200 watches over HTTP/1.1 with gRPC-Web leave at most limits.watches open', async () => {
  const server = await startSmall();
  let ended = 0;
  const abort = new AbortController();
  for (let i = 0; i < 1_200; i++) {
    void fetch(`${server.url}${WATCH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web+proto' },
      body: new Uint8Array(request),
      signal: abort.signal,
    })
      .then((response) => response.text())
      .then(
        () => void ended++,
        () => {},
      );
  }
  await expect.poll(() => ended, { timeout: 60_000 }).toBe(200);
  abort.abort();
  await expectServed(server);
});
