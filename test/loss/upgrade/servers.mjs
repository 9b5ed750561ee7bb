/** Servers of either build, one after the other, each on its own port and all on one spool. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../scripts/free-port.mjs';
import { restartable } from '../processes.mjs';

/** @param {string} directory @param {object} configuration without the port */
export function createServers(directory, configuration) {
  let started = 0;
  return {
    /** @param {string} build a directory with a server.js */
    async start(build) {
      const port = await freePort();
      const config = join(directory, `exhook-${++started}.json`);
      writeFileSync(
        config,
        JSON.stringify({ listen: { host: '127.0.0.1', port }, log: { format: 'json' }, ...configuration }),
      );
      const lines = [];
      const server = restartable(process.execPath, [join(build, 'server.js'), '--config', config], {
        isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
        onErrorText: (text) => lines.push(text),
      });
      try {
        await server.start();
      } catch (error) {
        await server.end('SIGKILL');
        throw new Error(`${error.message}\n${lines.join('').slice(-2_000)}`);
      }
      return {
        address: `http://127.0.0.1:${port}`,
        /** Drains. @returns the exit status, the losses in the last log line, and the entries left in the spool */
        async stop() {
          const { code } = await server.end('SIGTERM');
          const last = lines.join('').trim().split('\n').at(-1) ?? '';
          const lost = Number(/"lost":(\d+)/.exec(last)?.[1] ?? 0);
          return { code, lost, waiting: await countWaiting(build, config) };
        },
      };
    },
  };
}

async function countWaiting(build, config) {
  const args = [join(build, 'cli.js'), 'spool', 'ls', '--config', config, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return JSON.parse(stdout).sinks.reduce((sum, { count }) => sum + count, 0);
}
