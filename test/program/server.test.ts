/** `node dist/server.js`: its output, what it refuses, how it stops. */
import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRecording } from '../support/recordings.ts';
import { aBroker } from './support/broker.ts';
import { run, start, startServer, temporaryDirectory, temporaryFile } from './support/program.ts';

const [loaded] = readRecording('emqx-5.10.3');
const connected = readRecording('emqx-5.10.3').find(({ path }) => path.endsWith('/OnClientConnected'));
if (loaded === undefined || connected === undefined) throw new Error('the recording is not complete');

describe('the start', () => {
  it('logs one line, as JSON on standard error, that says where it listens', async () => {
    const server = await startServer();
    expect(server.log).toMatchObject([
      {
        severity: 'INFO',
        message: `listening on http://127.0.0.1:${server.port}`,
        pid: server.pid,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    ]);
    expect(server.stderr.lines).toHaveLength(1);
    expect(server.stdout.text).toBe('');
    expect((await aBroker(server.url).send(loaded)).status).toBe(0);
  });

  it('listens on an IPv6 address, and logs it in a form that can be copied', async () => {
    const server = await startServer(['--host', '::1']);
    expect(server.url).toBe(`http://[::1]:${server.port}`);
    expect(await (await fetch(`${server.url}/healthz`)).text()).toBe('ok\n');
  });
});

describe('what wins', () => {
  const config = (text: string) => temporaryFile('exhook.yaml', text);

  it('is the file over the default', async () => {
    const path = config('listen: { host: "::1" }\nlog: { level: debug }\n');
    const server = await startServer(['--config', path], { env: { HOST: '', PORT: '0' } });
    expect(server.host).toBe('[::1]');
  });

  it('is the environment over the file', async () => {
    const path = config('listen: { host: "::1", port: 1 }\n');
    const server = await startServer([], { env: { EXHOOK_CONFIG: path, HOST: '127.0.0.1', PORT: '0' } });
    expect(server.host).toBe('127.0.0.1');
  });

  it('is the flag over both', async () => {
    const path = config('listen: { host: "::1", port: 1 }\n');
    const server = await startServer(['--config', path, '--host', '127.0.0.1', '--port=0'], {
      env: { HOST: '::1', PORT: '2' },
    });
    expect(server.host).toBe('127.0.0.1');
  });

  it('is the file that a flag names over the one that the environment names', async () => {
    const env = { EXHOOK_CONFIG: config('listen: { host: nowhere }\n'), HOST: '' };
    const server = await startServer(['--config', config('listen: { host: "::1" }\n')], { env });
    expect(server.host).toBe('[::1]');
  });
});

describe('a start that fails', () => {
  it('reports every problem of a file at once, with line and path, and no stack', async () => {
    const text = ['listen:', '  prot: 9000', 'limits:', '  messageBytes: lots', 'events: loud', 'workers: 0'];
    const path = temporaryFile('exhook.yaml', `${text.join('\n')}\n`);
    const { code, stderr, stdout } = await run(['--config', path], { env: { PORT: 'none' } });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/exhook\.yaml:2:3 listen\.prot: .*did you mean port/);
    expect(lines[1]).toMatch(/exhook\.yaml:4:17 limits\.messageBytes: .*(16MiB|1KiB)/);
    expect(lines[2]).toMatch(/exhook\.yaml:5:9 events: /);
    expect(lines[3]).toMatch(/exhook\.yaml:6:10 workers: .*auto/);
    expect(lines[4]).toMatch(/^environment variable PORT: /);
    expect(stderr).not.toMatch(/\n\s+at |lots|loud|none/);
  });

  it('names a file that does not exist', async () => {
    const path = `${temporaryDirectory()}/absent.yaml`;
    expect(await run(['--config', path])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `${path}: cannot be read (ENOENT)\n`,
    });
  });

  it.each([
    [['--prot', '1'], 'flag --prot: is not known; did you mean --port?\n'],
    [['--port'], 'flag --port: needs a value; write it after the flag\n'],
    [['-p', '1'], /^argument 1: begins with one "-"; flags begin with two, see --help\n/],
    [['serve'], /^argument 1: is unexpected/],
  ])('refuses the flags %j with advice', async (flags, stderr) => {
    const ran = await run(flags);
    expect(ran.code).toBe(2);
    if (typeof stderr === 'string') expect(ran.stderr).toContain(stderr);
    else expect(ran.stderr).toMatch(stderr);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  it('says that a port is taken, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    expect(await run(['--host', '127.0.0.1', '--port', String(port)])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `listen.port: port ${port} is already in use on 127.0.0.1; stop the program that listens there, or set PORT\n`,
    });
  });

  it('says that an address is not one of this machine', async () => {
    const ran = await run(['--host', '192.0.2.1', '--port', '0']);
    expect(ran).toMatchObject({
      code: 2,
      stderr: 'listen.host: 192.0.2.1 is not an address of this machine\n',
    });
  });

  it('says that a recording cannot be written', async () => {
    const { code, stderr } = await run(['--record', '/nowhere/at/all.jsonl', '--port', '0']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'cannot record to /nowhere/at/all.jsonl: its directory does not exist; create it first\n',
    );
  });
});

/** A hook that waits for a file to appear: the test decides when the call is over. */
function slowHook(directory: string): string {
  const module = `
    import { existsSync } from 'node:fs';
    import { defineHook, observed } from 'exhook-edge';
    export default defineHook({
      name: 'client.connected',
      needs: (_input, { answers }) => ('door' in answers ? undefined : { kind: 'door' }),
      decide: () => ({ reply: observed(), events: [{ type: 'emqx.client.connected', subject: 'late', data: {} }] }),
    });
    export const lookups = {
      door: async () => {
        process.stderr.write(JSON.stringify({ severity: 'INFO', message: 'the door was reached' }) + '\\n');
        while (!existsSync(${JSON.stringify(`${directory}/open`)})) await new Promise((r) => setTimeout(r, 5));
        return true;
      },
    };
  `.replace("'exhook-edge'", JSON.stringify(new URL('../../dist/index.js', import.meta.url).href));
  return temporaryFile('slow.mjs', module, directory);
}

/** Whether a connection is accepted. */
function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s answers calls in flight, then exits 0', async (signal) => {
    const directory = temporaryDirectory();
    const server = await startServer(['--hooks-custom', slowHook(directory)]);
    const broker = aBroker(server.url);
    const answers = Promise.all([broker.send(connected), broker.send(connected), broker.send(connected)]);
    await server.stderr.until(
      'three calls wait',
      ({ text }) => text.match(/the door was reached/g)?.length === 3,
    );
    server.signal(signal);
    await server.logged(/^stopping: /);
    temporaryFile('open', '', directory);
    expect((await answers).map(({ status }) => status)).toStrictEqual([0, 0, 0]);
    expect(await server.ended).toStrictEqual({ code: 0, signal: null });
    expect(server.log.at(-1)).toMatchObject({ message: 'stopped' });
    expect(server.stdout.lines.map((line) => JSON.parse(line).subject)).toStrictEqual([
      'late',
      'late',
      'late',
    ]);
  });

  it('takes no new connections while the last calls are answered', async () => {
    const directory = temporaryDirectory();
    const server = await startServer(['--hooks-custom', slowHook(directory)]);
    const answer = aBroker(server.url).send(connected);
    await server.logged(/the door was reached/);
    server.signal('SIGTERM');
    while (await canConnect(server.port));
    temporaryFile('open', '', directory);
    expect((await answer).status).toBe(0);
    expect(await server.ended).toStrictEqual({ code: 0, signal: null });
  });

  it('answers readiness probes with 503 before it refuses connections, when there is a delay', async () => {
    const server = await startServer(['--drain-delay', '5s', '--drain-timeout', '6s']);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    server.signal('SIGTERM');
    await server.logged(/^stopping: /);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await aBroker(server.url).send(connected)).status).toBe(0);
    await server.kill();
  });

  it('does not come before its time: a second signal changes nothing', async () => {
    const directory = temporaryDirectory();
    const server = await startServer(['--hooks-custom', slowHook(directory)]);
    const answer = aBroker(server.url).send(connected);
    await server.logged(/the door was reached/);
    server.signal('SIGTERM');
    await server.logged(/^stopping: /);
    server.signal('SIGINT');
    server.signal('SIGTERM');
    temporaryFile('open', '', directory);
    expect((await answer).status).toBe(0);
    expect(await server.ended).toStrictEqual({ code: 0, signal: null });
  });
});

describe('standard output', () => {
  it('may be closed: the server says so once and keeps answering', async () => {
    const server = await startServer();
    const broker = aBroker(server.url);
    server.child.stdout?.destroy();
    for (let i = 0; i < 5; i++) expect((await broker.send(connected)).status).toBe(0);
    await server.logged(/^standard output is closed/);
    for (let i = 0; i < 5; i++) expect((await broker.send(connected)).status).toBe(0);
    expect(server.log.filter(({ code }) => code === 'sink_failed')).toHaveLength(1);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('and standard error may both be closed', async () => {
    const server = await startServer();
    server.child.stdout?.destroy();
    server.child.stderr?.destroy();
    const broker = aBroker(server.url);
    for (let i = 0; i < 5; i++) expect((await broker.send(connected)).status).toBe(0);
    expect((await broker.call(connected.path, new Uint8Array([255]))).status).toBe(3);
    expect((await broker.send(connected)).status).toBe(0);
    server.signal('SIGTERM');
    expect(await server.ended).toStrictEqual({ code: 0, signal: null });
  });

  it('stays empty with --events-stdout off', async () => {
    const server = await startServer(['--events-stdout', 'off']);
    expect((await aBroker(server.url).send(connected)).status).toBe(0);
    await server.stop();
    expect(server.stdout.text).toBe('');
  });

  it('has lines to read, without colours, with --events-stdout pretty', async () => {
    const server = await startServer(['--events-stdout', 'pretty']);
    expect((await aBroker(server.url).send(connected)).status).toBe(0);
    await server.stop();
    expect(server.stdout.lines).toHaveLength(1);
    expect(server.stdout.text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}client\.connected/);
    expect(server.stdout.text).not.toContain('\x1b');
  });
});

describe('a process that is not told to stop', () => {
  it('logs a malformed call, and neither its bytes nor a stack', async () => {
    const server = start(['--host', '127.0.0.1', '--port', '0']);
    const { message } = await server.logged(/^listening on /);
    const broker = aBroker(message.replace('listening on ', ''));
    const secret = Buffer.from('\xff\xfesecret-of-a-client', 'latin1');
    expect((await broker.call(connected.path, secret)).status).toBe(3);
    const line = await server.logged(/^a call failed/);
    expect(line).toMatchObject({ severity: 'WARNING', code: 'invalid_request', hook: 'client.connected' });
    expect(server.stderr.text).not.toContain('secret-of');
    expect(line).not.toHaveProperty('stack');
  });
});
