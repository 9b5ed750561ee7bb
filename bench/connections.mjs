/**
 * Measures how many calls are lost when connections are closed: clients of a broker call in bursts, on a pool of
 * connections that the server recycles by age. The pool behaves like EMQX's HTTP/2 client, which loses calls that begin
 * while a connection closes.
 *
 *     node bench/connections.mjs [--seconds 60] [--max-age 2s] [--clients 40] [--reconnect-after 0] [--server FILE]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './lib/build.mjs';
import { Pool } from './lib/gun.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';

const USAGE = `node bench/connections.mjs [--seconds 60] [--max-age 2s] [--clients 40] [--reconnect-after MS] [--server FILE]`;

/** Calls as a broker sent them. */
const recorded = readFileSync(join(ROOT, 'test/fixtures/recordings/emqx-5.10.3.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const burst = [
  'OnClientConnect',
  'OnClientConnected',
  'OnMessagePublish',
  'OnMessageDelivered',
  'OnMessageAcked',
].map((name) => {
  const { path, message_base64: message } = recorded.find((call) => call.path.endsWith(`/${name}`));
  const body = Buffer.from(message, 'base64');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return { path, frame: Buffer.concat([prefix, body]) };
});

await runMain(async () => {
  const options = readOptions(USAGE, {
    seconds: { type: 'string', default: '60' },
    'max-age': { type: 'string', default: '2s' },
    clients: { type: 'string', default: '40' },
    'reconnect-after': { type: 'string', default: '0' },
    server: { type: 'string', default: join(ROOT, 'dist/server.js') },
  });
  const seconds = readCount('seconds', options.seconds);
  const clients = readCount('clients', options.clients);
  const server = await start(options.server, options['max-age']);
  const pool = new Pool(server.url, { size: 8, reconnectAfter: Number(options['reconnect-after']) });
  await pool.open();
  const end = performance.now() + seconds * 1_000;
  const counts = await Promise.all(Array.from({ length: clients }, (_, client) => live(pool, client, end)));
  pool.close();
  server.process.kill('SIGTERM');
  await once(server.process, 'exit');
  const calls = counts.reduce((sum, count) => sum + count, 0);
  const lost = [...pool.lost.values()].reduce((sum, count) => sum + count, 0);
  const why = [...pool.lost].map(([reason, count]) => `${reason} ${count}`).join(', ') || 'none';
  process.stdout.write(`${calls} calls, ${lost} lost (${why}): ${((lost / calls) * 100).toFixed(4)} %\n`);
});

/** A client: bursts of calls with a pause between them. */
async function live(pool, client, end) {
  let calls = 0;
  while (performance.now() < end) {
    for (const { path, frame } of burst) {
      await pool.call(client, path, frame);
      calls++;
    }
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 480));
  }
  return calls;
}

async function start(program, maxAge) {
  const args = [
    program,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--events-stdout',
    'off',
    '--connections-max-age',
    maxAge,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1];
    if (url !== undefined) {
      child.stderr.resume();
      return { process: child, url };
    }
  }
  throw new Error('the server did not start');
}
