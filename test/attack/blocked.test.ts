/** A custom hook that never returns, for clients that know how to make it so. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { blockingHook, callAs } from '../program/support/blocking-hook.ts';
import { aBroker } from '../program/support/broker.ts';
import { dist, Heard, startServer } from '../program/support/program.ts';

const started = /^a worker died and is restarted/;

it('Two workers that are blocked one after the other are both replaced, and the port serves again', async () => {
  // With port 0 it would change when no worker is left.
  const args = ['--workers', '2', '--hooks-custom', blockingHook(), '--watchdog', '1s'];
  const server = await startServer(args, { env: { PORT: String(await freePort()) } });
  const listening = () => server.log.filter(({ message }) => /^listening on/.test(message)).length;
  await server.stderr.until('both workers listen', () => listening() === 2);
  // Connections are dealt in turn.
  const victims = [aBroker(server.url), aBroker(server.url)];
  const answers = Promise.all(victims.map((broker) => callAs(broker, 'loop')));
  const deaths = () => server.log.filter(({ message }) => started.test(message));
  await server.stderr.until('both have died', () => deaths().length === 2);
  expect(deaths().map(({ signal }) => signal)).toStrictEqual(['SIGKILL', 'SIGKILL']);
  expect(await answers).not.toContain(0);
  await server.stderr.until('two others listen', () => listening() === 4);
  expect(await callAs(aBroker(server.url), 'not')).toBe(0);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect(await server.stop()).toStrictEqual({ code: 0, signal: null });
});

it('Two workers, both blocked, end within the time to stop when the supervisor gets SIGTERM', async () => {
  const args = ['--workers', '2', '--hooks-custom', blockingHook(), '--drain-timeout', '500ms'];
  const server = await startServer(args);
  await server.stderr.until(
    'both listen',
    () => server.log.filter(({ message }) => /^listening/.test(message)).length === 2,
  );
  void callAs(aBroker(server.url), 'loop');
  void callAs(aBroker(server.url), 'native');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await server.stop();
});

/** Whether this machine lets us make a namespace of processes. */
function mayUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.runIf(mayUnshare())(
  'The first process of a container, which SIGKILL from inside cannot end, is ended anyway',
  async () => {
    const args = [
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      process.execPath,
      join(dist, 'server.js'),
    ];
    const options = [
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--hooks-custom',
      blockingHook(),
      '--watchdog',
      '1s',
    ];
    const child = spawn('unshare', [...args, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    const stderr = new Heard(child.stderr);
    const url = await stderr.until('it listens', ({ text }) => /listening on (http:[^"]+)/.exec(text)?.[1]);
    expect(await callAs(aBroker(url), 'loop')).not.toBe(0);
    expect(await ended).toBe(137);
    expect(stderr.text).toMatch(/"pid":1,.*spinForEver/);
  },
);
