/** Attacks by way of the log of the built server: standard error that takes nothing while clients make it write. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { login, untilHealthy } from '../program/support/json-calls.ts';
import { cleanEnvironment, dist, temporaryFile } from '../program/support/program.ts';
import { ProgramOnTerminal } from '../program/support/pty.ts';

const config = () =>
  temporaryFile(
    'exhook.yaml',
    JSON.stringify({
      decisions: { log: 'all' },
      authenticate: { methods: [{ anonymous: { who: { clientid: 'nobody' } } }] },
    }),
  );

const CLIENTS = 20;
const LOGINS_EACH = 15;

/** Many clients whose denied logins write to the log: each is answered. */
async function flood(url: string): Promise<void> {
  const one = async (client: number): Promise<void> => {
    for (let i = 0; i < LOGINS_EACH; i++) {
      const { status, body } = await login(url, { clientid: `c${client}-${i}`, username: 'x'.repeat(4000) });
      expect([status, (body as { type?: string }).type]).toEqual([200, 'STOP_AND_RETURN']);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => one(client)));
}

describe('a flood of denied logins', () => {
  it.runIf(existsSync('/dev/full'))('with the log on a full disk is answered to the last call', async () => {
    const port = await freePort();
    const full = openSync('/dev/full', 'w');
    const env = cleanEnvironment({ HOST: '127.0.0.1', PORT: String(port) });
    const child = spawn(process.execPath, [join(dist, 'server.js'), '--config', config()], {
      env,
      stdio: ['ignore', 'ignore', full],
    });
    closeSync(full);
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = `http://127.0.0.1:${port}`;
    await untilHealthy(url);
    await flood(url);
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });

  it.each(['close', 'stopReading'] as const)(
    'on a terminal after %s is answered to the last call',
    async (what) => {
      const port = await freePort();
      const env = { HOST: '127.0.0.1', PORT: String(port) };
      const program = new ProgramOnTerminal(['--config', config()], env);
      const url = `http://127.0.0.1:${port}`;
      await untilHealthy(url);
      await program[what]();
      await flood(url);
      await program.signal('SIGTERM');
      expect(await program.ended()).toBe(0);
    },
  );
});
