/** `node dist/server.js` with its own configuration. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';
import { restartable } from './processes.mjs';

const server = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

/** @param {(port: number) => object} configure the configuration, which YAML reads as JSON */
export async function startProgram(directory, configure) {
  const port = await freePort();
  const path = join(directory, 'exhook.json');
  writeFileSync(
    path,
    JSON.stringify({ listen: { host: '127.0.0.1', port }, log: { level: 'info' }, ...configure(port) }),
  );
  const lines = [];
  const program = restartable(process.execPath, [server, '--config', path], {
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    onErrorText: (text) => lines.push(text),
  });
  await program.start();
  return {
    port,
    ...program,
    get pid() {
      return program.pid;
    },
    /** Its log so far. */
    get log() {
      return lines.join('');
    },
  };
}
