/** Third-party HTTP/2 and gRPC clients, with node:http2's client as the reference for answers. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineHook } from '../../src/core/hook.ts';
import { loadTls } from '../../src/transport/tls.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { inputs } from '../support/inputs.ts';
import { bytesOf, readRecording } from '../support/recordings.ts';
import { hooksWith, requestOf, rpcFor } from '../support/runtime.ts';
import { removeDirectory, temporaryDirectory } from '../support/servers/process.ts';
import { hasModule, runPython } from './python.ts';
import { callByPythonH2 } from './python-h2.ts';
import { frame } from './raw-client.ts';
import { startTestServer, type TestServer } from './server-support.ts';

const run = promisify(execFile);

/** Returns messages with other bytes: replies are as large as requests. */
const flipping = defineHook({
  name: 'message.publish',
  decide: ({ message: { payload } }) => ({
    reply: { kind: 'rewrite', payload: payload.map((octet) => octet ^ 0xff) },
  }),
});

const publish = rpcFor('message.publish');
const publishing = (size: number): Uint8Array =>
  requestOf(publish, {
    message: {
      ...inputs()['message.publish'].message,
      payload: new Uint8Array(size).map((_, at) => at & 0xff),
    },
  });

/** Small calls of a broker, and messages up to many windows. */
const calls = [
  ...readRecording('emqx-5.10.3')
    .slice(0, 30)
    .map((call) => ({ path: call.path, request: bytesOf(call) })),
  ...[0, 1, 16_000, 16_384, 70_000, 300_000].map((size) => ({
    path: publish.path,
    request: publishing(size),
  })),
];

let server: TestServer;
let secure: TestServer;
let certificates: Certificates;
let directory: string;

beforeAll(async () => {
  certificates = await makeCertificates();
  directory = await temporaryDirectory('clients');
  const { cert, key } = certificates.server;
  const tls = await loadTls({ cert, key });
  server = await startTestServer({ hooks: hooksWith(flipping) });
  secure = await startTestServer({ hooks: hooksWith(flipping), tls });
});

afterAll(async () => {
  await server.close();
  await secure.close();
  await certificates.remove();
  await removeDirectory(directory);
});

/** What node:http2's client gets, in hex. */
async function expectedBodies(): Promise<string[]> {
  const client = server.client();
  const answers = await Promise.all(calls.map(({ path, request }) => client.call(path, request)));
  for (const { trailers } of answers) expect(trailers['grpc-status']).toBe('0');
  return answers.map(({ body }) => body.toString('hex'));
}

describe.skipIf(!hasModule('h2'))('python3-h2', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'is answered rightly, with seed %i, however it divides, mixes and pads its frames and whatever it settles',
    async (seed) => {
      const expected = await expectedBodies();
      const sent = calls.map(({ path, request }) => ({ path, body: frame(request).toString('hex') }));
      const answers = await callByPythonH2(server.port, seed, sent);
      for (const [at, { headers, trailers, body }] of answers.entries()) {
        expect(headers[':status']).toBe('200');
        expect(trailers['grpc-status']).toBe('0');
        expect(body === expected[at], `call ${at}, ${calls[at]?.path}`).toBe(true);
      }
    },
  );
});

const grpcProgram = `
import concurrent.futures, json, sys
import grpc
job = json.load(sys.stdin)
options = [("grpc.max_receive_message_length", 1 << 26)]
if job["ca"]:
    credentials = grpc.ssl_channel_credentials(open(job["ca"], "rb").read())
    channel = grpc.secure_channel("localhost:%d" % job["port"], credentials, options)
else:
    channel = grpc.insecure_channel("127.0.0.1:%d" % job["port"], options)
def ask(path, body):
    try:
        return channel.unary_unary(path)(bytes.fromhex(body), timeout=30, wait_for_ready=True).hex()
    except grpc.RpcError as error:
        return error.code().name
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    answers = [f.result() for f in [pool.submit(ask, path, body) for path, body in job["calls"]]]
json.dump(answers, sys.stdout)
`;

describe.skipIf(!hasModule('grpc'))('gRPC for Python (python3-grpcio)', () => {
  it.each(['cleartext', 'TLS'])('is answered rightly over %s', async (over) => {
    const expected = (await expectedBodies()).map((body) => body.slice(10));
    const { port } = over === 'TLS' ? secure : server;
    const answers = await runPython(grpcProgram, {
      port,
      ca: over === 'TLS' ? certificates.server.ca : '',
      calls: [
        ...calls.map(({ path, request }) => [path, Buffer.from(request).toString('hex')]),
        ['/grpc.health.v1.Health/Check', ''],
        ['/emqx.exhook.v3.HookProvider/OnNothing', ''],
        [publish.path, 'ffff'],
      ],
    });
    // Healthy is the number 1 in field 1.
    expect(answers).toStrictEqual([...expected, '0801', 'UNIMPLEMENTED', 'INVALID_ARGUMENT']);
  });
});

describe('clients of the command line', () => {
  const connected = rpcFor('client.connected');
  const body = () => {
    const file = join(directory, 'connected');
    writeFileSync(file, frame(requestOf(connected, inputs()['client.connected'])));
    return file;
  };
  const grpc = ['-H', 'content-type: application/grpc+proto', '-H', 'te: trailers'];

  it('such as curl get what HTTP/2 is for besides gRPC, over cleartext and TLS', async () => {
    const json = ['-H', 'content-type: application/json', '--data', '{}'];
    const curl = async (...args: string[]) =>
      (await run('curl', ['-sS', '-w', ' %{http_version} %{http_code}', ...args])).stdout;
    const prior = '--http2-prior-knowledge';
    expect(await curl(prior, `${server.url}/healthz`)).toMatch(/ 2 200$/);
    expect(await curl(prior, ...json, `${server.url}${connected.path}`)).toMatch(/ 2 \d+$/);
    expect(await curl('--http2', '--cacert', certificates.server.ca, `${secure.url}/healthz`)).toMatch(
      / 2 200$/,
    );
    const reply = await run('curl', [
      '-sS',
      '-D',
      '-',
      prior,
      ...grpc,
      '--data-binary',
      `@${body()}`,
      '-o',
      '/dev/null',
      `${server.url}${connected.path}`,
    ]);
    expect(reply.stdout).toMatch(/grpc-status: 0/);
  });

  it('such as nghttp are answered, with trailers', async () => {
    const { stdout } = await run('nghttp', ['-v', ...grpc, '-d', body(), `${server.url}${connected.path}`]);
    expect(stdout).toMatch(/:status: 200/);
    expect(stdout).toMatch(/grpc-status: 0/);
    expect(stdout).not.toMatch(/error_code=(?!NO_ERROR)/);
  });

  it('such as h2load get all their answers, on many streams of many connections', async () => {
    const load = ['-n', '4000', '-c', '8', '-m', '32', '-d', body(), ...grpc];
    for (const { url } of [server, secure]) {
      const { stdout } = await run('h2load', [...load, `${url}${connected.path}`]);
      expect(stdout).toMatch(/4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout/);
    }
  });
});
