/** The log of the built program: its level while it runs, its form, and its fields. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../support/recordings.ts';
import { findUndocumented } from '../telemetry/log-fields.ts';
import { aBroker } from './support/broker.ts';
import { serverOf } from './support/policy-server.ts';
import { type LogLine, type RunningServer, startServer, temporaryFile } from './support/program.ts';

const calls = readRecording('emqx-5.10.3');
const [call] = calls;
if (call === undefined) throw new Error('the recording is empty');

const isRaised = /^the log level is debug until the next SIGUSR2$/;
const isBack = /^the log level is info again, as configured$/;

const count = (server: RunningServer, pattern: RegExp): number =>
  server.log.filter(({ message }) => pattern.test(message)).length;

const until = async (server: RunningServer, pattern: RegExp, times: number): Promise<void> => {
  await server.stderr.until(`${times} times ${pattern}`, () => count(server, pattern) === times);
};

const findProblems = (server: RunningServer): string[] =>
  server.log.flatMap((line) => findUndocumented(line));

describe('SIGUSR2', () => {
  it('makes the log tell of every call, and the next one ends that', async () => {
    const server = await startServer(['--events-stdout', 'off']);
    const broker = aBroker(server.url);
    await broker.send(call);
    server.signal('SIGUSR2');
    await server.logged(isRaised);
    for (const one of calls) await broker.send(one);
    server.signal('SIGUSR2');
    await server.logged(isBack);
    await broker.send(call);
    expect((await server.stop()).code).toBe(0);
    expect(count(server, /^a call was decided$/)).toBe(calls.length);
    expect(findProblems(server)).toEqual([]);
  });

  it('reaches every worker by way of the supervisor, also one that is started later', async () => {
    const server = await startServer(['--workers', '2', '--events-stdout', 'off']);
    await until(server, /^listening on/, 2);
    server.signal('SIGUSR2');
    // The supervisor says it too.
    await until(server, isRaised, 3);
    process.kill(server.log.find(({ pid }) => pid !== undefined)?.pid as number, 'SIGKILL');
    await server.logged(/a worker died/);
    await until(server, isRaised, 4);
    server.signal('SIGUSR2');
    await until(server, isBack, 3);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(findProblems(server)).toEqual([]);
  });

  it('leaves all on one level when it reaches the whole group of processes', async () => {
    const server = await startServer(['--workers', '2', '--events-stdout', 'off']);
    await until(server, /^listening on/, 2);
    const workers = server.log.flatMap(({ pid }) => (typeof pid === 'number' ? [pid] : []));
    for (const pid of [...workers, server.pid, ...workers]) process.kill(pid, 'SIGUSR2');
    await until(server, isRaised, 3);
    server.signal('SIGUSR2');
    await until(server, isBack, 3);
    expect(count(server, isRaised)).toBe(3);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });
});

describe('a changed log.level', () => {
  it('takes effect while the server runs, and says which changes do not', async () => {
    const { server, broker, path } = await serverOf({ log: { level: 'info', format: 'json' } });
    const rewrite = (log: object) => writeFileSync(path, JSON.stringify({ events: { stdout: 'off' }, log }));
    rewrite({ level: 'debug', format: 'google', project: 'p' });
    server.signal('SIGHUP');
    await server.logged(/^the log level is debug now/);
    const { message } = await server.logged(/^these changes need a restart/);
    expect(message).toBe('these changes need a restart: log.format, log.project');
    await broker.send(call);
    await server.logged(/^a call was decided$/);
    rewrite({ level: 'info', format: 'json' });
    server.signal('SIGHUP');
    await server.logged(/^the log level is info now/);
  });
});

describe('the fields of the log', () => {
  const policy = {
    decisions: { log: 'all' },
    log: { level: 'trace' },
    authenticate: { methods: [{ anonymous: { username: { is: 'nobody' } } }] },
    authorize: { rules: [{ allow: 'publish', topics: ['a/${username}'] }] },
    sinks: { gone: { http: { url: 'http://127.0.0.1:1/' }, queue: { retry: { max: '200ms' } } } },
  };

  it.each(['json', 'google'])('are all documented, in %s', async (format) => {
    const path = temporaryFile(
      'exhook.yaml',
      JSON.stringify({
        ...policy,
        log: { ...policy.log, format },
        authenticate: undefined,
        events: { stdout: 'off', routes: [{ hooks: ['message.*', 'client.connected'], to: 'gone' }] },
        drain: { timeout: '2s' },
      }),
    );
    const server = await startServer(['--config', path]);
    const broker = aBroker(server.url);
    for (const one of calls) await broker.send(one);
    await broker.call('/emqx.exhook.v3.HookProvider/OnNothing', new Uint8Array());
    await broker.call(call.path, new Uint8Array([255]));
    await server.logged(/^a sink failed/);
    const isDecision = ({ decision }: LogLine) => decision !== undefined;
    await server.stderr.until('a decision', () => server.log.some(isDecision));
    await server.stop();
    expect(server.log.filter(({ code }) => code === 'unknown_method').length).toBeGreaterThan(0);
    expect(server.log.filter(({ code }) => code === 'invalid_request').length).toBeGreaterThan(0);
    expect(findProblems(server)).toEqual([]);
  });

  it('are those of Google Cloud on Cloud Run', async () => {
    const config = { sinks: policy.sinks, events: { stdout: 'off', routes: [{ hooks: ['*'], to: 'gone' }] } };
    const path = temporaryFile('exhook.yaml', JSON.stringify({ ...config, drain: { timeout: '1s' } }));
    const env = { K_SERVICE: 'edge', K_REVISION: 'edge-00007-abc' };
    const server = await startServer(['--config', path], { env });
    for (const one of calls) await aBroker(server.url).send(one);
    const line = await server.logged(/^a sink failed/);
    expect(line).toMatchObject({
      severity: 'ERROR',
      '@type': 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent',
      serviceContext: { service: 'edge', version: 'edge-00007-abc' },
      stack_trace: expect.stringMatching(/^\w*Error/),
    });
    await server.stop();
    expect(findProblems(server)).toEqual([]);
  });
});
