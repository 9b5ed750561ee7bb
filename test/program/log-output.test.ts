/** The built server when standard error or standard output takes nothing: calls neither fail nor wait for it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { connected, login, untilHealthy } from './support/json-calls.ts';
import { cleanEnvironment, dist, type Exit, startServer, temporaryFile } from './support/program.ts';
import { ProgramOnTerminal } from './support/pty.ts';

const denyAll = {
  events: { stdout: 'json' },
  decisions: { log: 'all' },
  authenticate: { methods: [{ anonymous: { who: { clientid: 'nobody' } } }] },
};

const configOf = (config: object = denyAll) => temporaryFile('exhook.yaml', JSON.stringify(config));

/** Long enough that a few lines fill a terminal or a pipe. */
const long = 'x'.repeat(200);

/** Every call is answered, though a login writes to the log, and a connection to standard output. */
async function expectAnswers(url: string, calls = 60): Promise<void> {
  for (let i = 0; i < calls; i++) {
    const client = { clientid: `c${i}`, username: long };
    const { status, body } = await login(url, client);
    expect([status, (body as { type?: string }).type]).toEqual([200, 'STOP_AND_RETURN']);
    expect((await connected(url, client)).status).toBe(200);
  }
}

interface Silent {
  readonly url: string;
  stop(): Promise<Exit>;
}

/** A server with a descriptor as standard output or error. */
async function startOn(fd: 1 | 2, target: string, args: readonly string[]): Promise<Silent> {
  const port = await freePort();
  const file = openSync(target, 'w');
  const stdio = ['ignore', fd === 1 ? file : 'ignore', fd === 2 ? file : 'ignore'] as const;
  const env = cleanEnvironment({ HOST: '127.0.0.1', PORT: String(port) });
  const child = spawn(process.execPath, [join(dist, 'server.js'), ...args], { env, stdio: [...stdio] });
  closeSync(file);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<Exit>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    untilHealthy(url),
    ended.then(({ code }) => {
      throw new Error(`the server ended at the start, with status ${code}`);
    }),
  ]);
  return {
    url,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

describe.runIf(existsSync('/dev/full'))('on a full disk', () => {
  it.each(['json', 'pretty'])(
    'a log in %s costs lines, and neither a call nor the process',
    async (format) => {
      const server = await startOn(2, '/dev/full', ['--config', configOf(), '--log-format', format]);
      await expectAnswers(server.url);
      expect(await server.stop()).toEqual({ code: 0, signal: null });
    },
  );

  it('the metrics count the lines that the log lost', async () => {
    const admin = await freePort();
    const config = { ...denyAll, admin: { port: admin } };
    const server = await startOn(2, '/dev/full', ['--config', configOf(config)]);
    await expectAnswers(server.url, 20);
    const text = await (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
    const lost = Number(/^exhook_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
    expect(lost).toBeGreaterThanOrEqual(20);
    await server.stop();
  });

  it('several workers start and serve without a log', async () => {
    const server = await startOn(2, '/dev/full', ['--config', configOf(), '--workers', '2']);
    await expectAnswers(server.url, 20);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('a bad configuration still ends the start with status 2', async () => {
    const file = openSync('/dev/full', 'w');
    const args = [join(dist, 'server.js'), '--config', configOf({ listen: { port: 'x' } })];
    const child = spawn(process.execPath, args, {
      env: cleanEnvironment({}),
      stdio: ['ignore', 'ignore', file],
    });
    closeSync(file);
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2);
  });

  it('events on standard output wait for room, and calls do not', async () => {
    const server = await startOn(1, '/dev/full', [
      '--config',
      configOf({ ...denyAll, drain: { timeout: '1s' } }),
    ]);
    await expectAnswers(server.url);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('on a terminal', () => {
  const startOnTerminal = async () => {
    const port = await freePort();
    const env = { HOST: '127.0.0.1', PORT: String(port) };
    const program = new ProgramOnTerminal(
      ['--config', configOf({ ...denyAll, events: {}, drain: { timeout: '2s' } })],
      env,
    );
    const url = `http://127.0.0.1:${port}`;
    await untilHealthy(url);
    return { program, url };
  };

  it('that is closed, calls are answered and the server stops as usual', async () => {
    const { program, url } = await startOnTerminal();
    await expectAnswers(url, 3);
    await program.close();
    await expectAnswers(url);
    await program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
  });

  it('that nobody reads, calls are answered and the server stops as usual', async () => {
    const { program, url } = await startOnTerminal();
    await program.stopReading();
    await expectAnswers(url);
    await program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
  });
});

describe('a pipe whose reader has gone', () => {
  it('takes the log with it, and no call', async () => {
    const server = await startServer(['--config', configOf({ ...denyAll, events: { stdout: 'off' } })]);
    server.child.stderr?.destroy();
    await expectAnswers(server.url);
    expect((await server.stop()).code).toBe(0);
  });

  it('takes the events with it, and no call', async () => {
    const server = await startServer(['--config', configOf()]);
    server.child.stdout?.destroy();
    await expectAnswers(server.url);
    await server.logged(/^standard output is closed: no more events/);
    expect((await server.stop()).code).toBe(0);
  });

  it('takes no event of a sink that a route names: they are kept, and counted as lost at the end', async () => {
    const sinks = { out: { stdout: { format: 'json' } } };
    const events = { routes: [{ hooks: ['client.connected'], to: 'out' }] };
    const server = await startServer(['--config', configOf({ sinks, events, drain: { timeout: '2s' } })]);
    server.child.stdout?.destroy();
    await connected(server.url, { clientid: 'a' });
    await server.logged(/^standard output is closed: its events are kept/);
    await connected(server.url, { clientid: 'b' });
    await server.stop();
    const { lost } = await server.logged(/^stopped: events that no sink took in time are lost/);
    expect(lost).toBeGreaterThanOrEqual(1);
  });
});
