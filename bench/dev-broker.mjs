// 1,000 clients at the dev broker, each with a session, a subscription and messages: memory must stay flat.
// Usage: node bench/dev-broker.mjs [--seconds 600] [--clients 1000] [--every 5]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectAsync } from 'mqtt';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    clients: { type: 'string', default: '1000' },
    every: { type: 'string', default: '5' },
  },
});
const [seconds, clients, every] = [values.seconds, values.clients, values.every].map(Number);

/** MiB that memory may be above what it was when all had connected, beyond noise. */
const ALLOWED = 48;

const folder = mkdtempSync(join(tmpdir(), 'exhook-dev-soak-'));
const config = join(folder, 'exhook.yaml');
writeFileSync(
  config,
  `authenticate: { methods: [{ anonymous: { who: { address: 127.0.0.0/8 } } }] }
authorize: { rules: [{ allow: all, topics: "devices/#" }] }
publish: { rules: [{ topics: "devices/#", decode: json, set: { payload: { device: "\${clientid}" } } }] }
events: { stdout: "off" }
log: { level: error }
`,
);

const dev = spawn(
  process.execPath,
  ['dist/cli.js', 'dev', '--config', config, '--mqtt', '0', '--ws', '0', '--inspect', '0'],
  {
    // Where there is much memory V8 collects late: with little, what grows is kept by somebody.
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=160 --max-semi-space-size=8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const port = await listening();
  const fleet = await connectAll(port);
  // Code is compiled and buffers have grown by then.
  const steady = await measure(Math.min(60, seconds / 2));
  const samples = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) samples.push(await measure(Math.min(30, seconds / 4)));
  const last = samples.at(-1) ?? steady;
  const grown = last.memory - steady.memory;
  say(
    `${clients} clients, ${seconds} s: memory ${steady.memory} -> ${last.memory} MiB (allowed +${ALLOWED})`,
  );
  say(`received ${fleet.received()} messages, ${fleet.lost()} connections lost`);
  fleet.stop();
  if (grown > ALLOWED || fleet.lost() > 0 || fleet.received() === 0) process.exitCode = 1;
} finally {
  dev.kill('SIGTERM');
  const code = await new Promise((resolve) => dev.once('close', resolve));
  say(`exhook dev ended with ${code}`);
  if (code !== 0) process.exitCode = 1;
  rmSync(folder, { recursive: true });
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function listening() {
  return new Promise((resolve, reject) => {
    let heard = '';
    dev.stdout.on('data', (chunk) => {
      heard += chunk;
      const [, port] = /^MQTT +127\.0\.0\.1:(\d+)/m.exec(heard) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
    dev.once('close', () => reject(new Error('exhook dev did not start')));
  });
}

async function connectAll(port) {
  let received = 0;
  let lost = 0;
  let isStopping = false;
  const all = [];
  for (let i = 0; i < clients; i++) {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId: `c-${i}`,
      protocolVersion: i % 2 === 0 ? 4 : 5,
      clean: i % 4 !== 0,
      reconnectPeriod: 0,
    });
    client.on('error', () => {});
    client.on('close', () => (lost += isStopping ? 0 : 1));
    client.on('message', () => received++);
    await client.subscribeAsync(`devices/c-${i}/#`, { qos: 1 });
    all.push(client);
  }
  const timers = all.map((client, i) =>
    setInterval(
      () => client.publish(`devices/c-${(i + 1) % clients}/x`, '{"n":1}', { qos: i % 3 }, () => {}),
      every * 1000,
    ),
  );
  return {
    received: () => received,
    lost: () => lost,
    stop() {
      isStopping = true;
      timers.forEach(clearInterval);
      for (const client of all) client.end(true);
    },
  };
}

/** Resident memory of `exhook dev` after some seconds, in MiB. */
async function measure(after) {
  await new Promise((resolve) => setTimeout(resolve, after * 1000));
  const [, pages] = readFileSync(`/proc/${dev.pid}/statm`, 'utf8').split(' ');
  return { memory: Math.round((Number(pages) * 4096) / 2 ** 20) };
}
