/** Several processes on one port. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../support/recordings.ts';
import { aBroker } from './support/broker.ts';
import { type RunningServer, run, startServer, temporaryFile } from './support/program.ts';

const connected = readRecording('emqx-5.10.3').find(({ path }) => path.endsWith('/OnClientConnected'));
if (connected === undefined) throw new Error('the recording is not complete');

/** The ids of the processes whose parent it is. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    // The name of the program, in brackets, may hold anything.
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return undefined;
  }
}

const listening = (server: RunningServer) =>
  server.log.filter(({ message }) => /^listening on/.test(message));

async function startWorkers(count: number): Promise<RunningServer> {
  const server = await startServer(['--workers', String(count)]);
  await server.stderr.until('all workers listen', () => listening(server).length === count);
  return server;
}

describe('two workers', () => {
  it('share one port, and both serve', async () => {
    const server = await startWorkers(2);
    const lines = listening(server);
    expect(new Set(lines.map(({ message }) => message)).size).toBe(1);
    expect(new Set(lines.map(({ pid }) => pid)).size).toBe(2);
    expect(childrenOf(server.pid).toSorted()).toStrictEqual(lines.map(({ pid }) => pid).toSorted());
    // Connections are dealt in turn.
    const brokers = Array.from({ length: 4 }, () => aBroker(server.url));
    const answers = await Promise.all(brokers.map((broker) => broker.send(connected)));
    expect(answers.map(({ status }) => status)).toStrictEqual([0, 0, 0, 0]);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(server.stdout.lines.map((line) => JSON.parse(line).type)).toStrictEqual(
      Array.from({ length: 4 }, () => 'emqx.client.connected'),
    );
    expect(server.log.filter(({ message }) => message === 'stopped').length).toBeGreaterThanOrEqual(2);
  });

  it('that are starting do not die of a SIGHUP, and heed it then', async () => {
    const path = temporaryFile('exhook.yaml', 'workers: 2\nlog: { level: info }\n');
    const server = await startServer(['--config', path]);
    await server.stderr.until('all workers listen', () => listening(server).length === 2);
    const [victim = 0] = childrenOf(server.pid);
    const reloads = () => server.log.filter(({ message }) => /^the configuration/.test(message)).length;
    process.kill(victim, 'SIGKILL');
    await server.logged(/a worker died and is restarted/);
    const before = reloads();
    // At every moment of its start.
    const signals = setInterval(() => process.kill(server.pid, 'SIGHUP'), 20);
    try {
      await server.stderr.until('the new worker listens', () => listening(server).length === 3);
      await server.stderr.until('it is read again', () => reloads() > before);
    } finally {
      clearInterval(signals);
    }
    expect(server.log.filter(({ message }) => /^a worker died/.test(message))).toHaveLength(1);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });

  it('keep running when one is killed, and it is restarted', async () => {
    const server = await startWorkers(2);
    const [victim, survivor] = childrenOf(server.pid);
    if (victim === undefined || survivor === undefined) throw new Error('there are no two workers');
    process.kill(victim, 'SIGKILL');
    const line = await server.logged(/a worker died and is restarted/);
    expect(line).toMatchObject({ severity: 'ERROR', pid: victim, signal: 'SIGKILL', delay: 0 });
    expect((await aBroker(server.url).send(connected)).status).toBe(0);
    await server.stderr.until('the new worker listens', () => listening(server).length === 3);
    const now = childrenOf(server.pid);
    expect(now).toHaveLength(2);
    expect(now).toContain(survivor);
    expect(now).not.toContain(victim);
    const brokers = Array.from({ length: 4 }, () => aBroker(server.url));
    expect(
      (await Promise.all(brokers.map((broker) => broker.send(connected)))).map(({ status }) => status),
    ).toStrictEqual([0, 0, 0, 0]);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
    expect(now.filter((pid) => parentOf(pid) !== undefined)).toStrictEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('are stopped by %s, with exit status 0', async (signal) => {
    const server = await startWorkers(2);
    const workers = childrenOf(server.pid);
    expect(await server.stop(signal)).toStrictEqual({ code: 0, signal: null });
    expect(workers.filter((pid) => parentOf(pid) !== undefined)).toStrictEqual([]);
  });

  it('are stopped when the whole process group gets a signal, as from a terminal', async () => {
    const server = await startWorkers(2);
    for (const pid of childrenOf(server.pid)) process.kill(pid, 'SIGINT');
    expect(await server.stop('SIGINT')).toStrictEqual({ code: 0, signal: null });
  });

  it('are not started with a configuration that is not good', async () => {
    const path = temporaryFile('bad.yaml', 'workers: 2\nlisten: { prot: 1 }\n');
    const { code, stderr } = await run(['--config', path]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('end with status 2, once, when the port is taken', async () => {
    const other = await startServer();
    const { code, stderr } = await run([
      '--workers',
      '2',
      '--host',
      '127.0.0.1',
      '--port',
      String(other.port),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`listen\\.port: port ${other.port} is already in use`));
    expect(stderr).not.toMatch(/restarted|\n {4}at /);
  });
});

describe('workers whose configuration becomes bad', () => {
  it('are not ended for it: one that dies waits until it is good again', async () => {
    const path = temporaryFile('exhook.yaml', 'workers: 2\n');
    const server = await startServer(['--config', path]);
    await server.stderr.until('all workers listen', () => listening(server).length === 2);
    writeFileSync(path, 'workers: 2\nlisten: { prot: 1 }\n');
    const [victim = 0, survivor = 0] = childrenOf(server.pid);
    process.kill(victim, 'SIGKILL');
    const deaths = () => server.log.filter(({ message }) => /^a worker died/.test(message));
    await server.stderr.until('its successor gave up', () => deaths().length === 2);
    expect(childrenOf(server.pid)).toContain(survivor);
    expect((await aBroker(server.url).send(connected)).status).toBe(0);
    writeFileSync(path, 'workers: 2\n');
    await server.stderr.until('a successor listens', () => listening(server).length === 3);
    expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
  });
});

describe('one worker', () => {
  it('is the process itself', async () => {
    const server = await startServer(['--workers', '1']);
    expect(childrenOf(server.pid)).toStrictEqual([]);
    expect(listening(server)).toMatchObject([{ pid: server.pid }]);
  });
});
