/** A server with a large users file, ACL and configuration, in its own directory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../scripts/free-port.mjs';
import { ROOT } from './build.mjs';
import { aclOf, configOf, usersOf } from './large-files.mjs';

/** Milliseconds within which the server must start, or read a file. */
const PATIENCE = 600_000;

/** @param {{ users: number, acl: number, rules: number, record?: boolean }} options */
export async function startReloading({ users, acl, rules, record = false }) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-reload-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const write = (name, text) => writeFileSync(join(directory, name), text);
  const ports = { port: await freePort(), adminPort: await freePort() };
  write('users.csv', usersOf(users, 0));
  write('mosquitto.acl', aclOf(acl, 0));
  write('exhook.yaml', configOf({ ...ports, rules, version: 0 }));
  const args = [join(ROOT, 'dist/server.js'), '--config', join(directory, 'exhook.yaml')];
  if (record) args.push('--record', join(directory, 'calls.jsonl'));
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });
  const logged = followLog(child);
  await logged(/listening on/);
  return {
    ...ports,
    directory,
    pid: /** @type {number} */ (child.pid),
    logged,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** @returns {(pattern: RegExp) => Promise<void>} waits for the next log line that matches */
function followLog(child) {
  const waiting = new Set();
  let last = '';
  createInterface(child.stderr).on('line', (line) => {
    last = line;
    for (const waiter of waiting) if (waiter.pattern.test(line)) waiter.resolve();
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting) reject(new Error(`the server has ended (${code}): ${last}`));
  });
  return (pattern) =>
    new Promise((resolve, reject) => {
      const settle = (how) => (value) => {
        clearTimeout(timer);
        waiting.delete(waiter);
        how(value);
      };
      const waiter = { pattern, resolve: settle(resolve), reject: settle(reject) };
      const timer = setTimeout(
        () => waiter.reject(new Error(`the log has no ${pattern}: ${last}`)),
        PATIENCE,
      );
      waiting.add(waiter);
    });
}
