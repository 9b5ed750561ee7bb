/** Measures what events add to the calls that they come from: `npm run bench:events -- --help`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../scripts/free-port.mjs';
import { SUBJECT, startNats } from '../test/loss/nats.mjs';
import { until } from '../test/loss/processes.mjs';
import { buildBench, ROOT } from './lib/build.mjs';
import { chooseCores, readCpu, readRss } from './lib/cpu.mjs';
import { openDocument } from './lib/document.mjs';
import { requireH2load } from './lib/h2load.mjs';
import { describeMachine, warnWhenBusy } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';
import { pace, quantile } from './lib/pace.mjs';
import { makeDirectory, startServer } from './lib/servers.mjs';
import { spreadOf } from './lib/stats.mjs';
import { formatSpread, formatTable, say } from './lib/table.mjs';

const usage = `Usage: npm run bench:events -- [options]

  --rounds <n>   how often CPU and latency are measured, interleaved; 0: not at all (5)
  --calls <n>    calls in each measurement of CPU (20000)
  --seconds <n>  of each measurement of latency, at 1,000 calls a second (10)
  --down <n>     minutes with a sink that is down, at 2,000 events a second (0: not measured)
  --write        put the table into docs/events.md, between its markers`;

const STREAMS = 16;
const RATE = 1_000;
/** A prime: the calls of a client then rotate over all connections. */
const CLIENTS = 251;
const DOWN_RATE = 2_000;
const TARGETS = { cpu: 1.8, p50: 5, p99: 25 };

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    rounds: { type: 'string', default: '5' },
    calls: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '10' },
    down: { type: 'string', default: '0' },
    write: { type: 'boolean', default: false },
  });
  const h2load = requireH2load();
  const document = options.write ? openDocument('docs/events.md') : undefined;
  await buildBench();
  const { calls, publishesOf } = await import('./lib/requests.mjs');
  const bodies = publishesOf(CLIENTS);
  const call = calls.find(({ id }) => id === 'publish');
  const directory = makeDirectory(calls);
  warnWhenBusy(say);
  const rounds = Number(options.rounds);
  const rows =
    rounds === 0
      ? []
      : await compareRoutes(call, directory, {
          bodies,
          rounds,
          count: readCount('calls', options.calls),
          seconds: readCount('seconds', options.seconds),
        });
  const minutes = Number(options.down);
  if (minutes > 0) rows.push(...(await measureDown(call, directory, { minutes, bodies })));
  const date = new Date().toISOString().slice(0, 10);
  const table = formatTable(['', 'measured', 'target'], rows);
  const text = [`Measured on ${date}:`, ...describeMachine(h2load), '', table].join('\n');
  say(`\n${text}`);
  document?.write(text);
}

async function compareRoutes(call, directory, { bodies, rounds, count, seconds }) {
  const cores = chooseCores();
  const nats = await startNats();
  const variants = {
    none: undefined,
    after: { hooks: ['message.publish'], to: 'nats' },
    before: { hooks: ['message.publish'], to: 'nats', delivery: 'before-reply', onFailure: 'error' },
  };
  const running = {};
  try {
    for (const [name, route] of Object.entries(variants)) {
      running[name] = await start(name, directory, nats.port, route, cores.server, call);
    }
    const load = { call, streams: STREAMS, count, core: cores.load, directory };
    const ratios = [];
    const added = { p50: [], p99: [] };
    for (let round = 0; round <= rounds; round++) {
      const none = await measure(running.none, { ...load, warmup: round === 0 ? count : 0 });
      const after = await measure(running.after, { ...load, warmup: round === 0 ? count : 0 });
      await settled(running.after);
      const without = await pace(running.none.port, call, { rate: RATE, seconds, bodies });
      const confirmed = await pace(running.before.port, call, { rate: RATE, seconds, bodies });
      if (confirmed.failed > 0) throw new Error(`${confirmed.failed} calls of before-reply failed`);
      // The first round warms everything up.
      if (round === 0) continue;
      ratios.push(after.cpu / none.cpu);
      for (const [name, part] of [
        ['p50', 0.5],
        ['p99', 0.99],
      ]) {
        added[name].push(quantile(confirmed.durations, part) - quantile(without.durations, part));
      }
    }
    const format = (values) => formatSpread(spreadOf(values), 2);
    return [
      [
        'CPU of message.publish with an after-reply route to NATS, against none',
        format(ratios),
        `≤ ${TARGETS.cpu}`,
      ],
      [
        `before-reply to NATS at ${RATE} calls/s of ${CLIENTS} clients: added p50, ms`,
        format(added.p50),
        `≤ ${TARGETS.p50}`,
      ],
      [
        `before-reply to NATS at ${RATE} calls/s of ${CLIENTS} clients: added p99, ms`,
        format(added.p99),
        `≤ ${TARGETS.p99}`,
      ],
    ];
  } finally {
    for (const server of Object.values(running)) await server.stop();
    await nats.close();
  }
}

/** Measures memory while nothing listens at the sink's address. */
async function measureDown(call, directory, { minutes, bodies }) {
  const cores = chooseCores();
  const route = { hooks: ['message.publish'], to: 'nats' };
  const server = await start('down', directory, await freePort(), route, cores.server, call);
  const readings = [];
  try {
    await pace(server.port, call, {
      rate: DOWN_RATE,
      bodies,
      seconds: minutes * 60,
      onSecond(second) {
        if (second % 60 !== 0) return;
        readings.push(readRss(server.pid) / 2 ** 20);
        say(`${second / 60} min with the sink down: RSS ${readings.at(-1).toFixed(0)} MiB`);
      },
    });
  } finally {
    await server.stop();
  }
  const text = `${readings[0]?.toFixed(0)} MiB after 1 min, at most ${Math.max(...readings).toFixed(0)} MiB`;
  return [[`RSS with the sink down for ${minutes} min at ${DOWN_RATE} events/s`, text, 'bounded']];
}

async function start(name, directory, natsPort, route, core, call) {
  const server = {
    id: name,
    title: name,
    args: (port) => [
      join(ROOT, 'dist/server.js'),
      '--config',
      writeConfig(directory, name, port, natsPort, route),
    ],
  };
  const running = await startServer(server, call, { core, directory });
  await until(name, async () => (await fetch(`http://127.0.0.1:${running.port}/readyz`)).ok);
  return running;
}

function writeConfig(directory, name, port, natsPort, route) {
  const path = join(directory, `${name}.json`);
  const nats = { servers: [`nats://127.0.0.1:${natsPort}`], subject: `${SUBJECT}.\${clientid}` };
  const config = {
    listen: { host: '127.0.0.1', port },
    log: { level: 'error' },
    ...(route && { sinks: { nats: { nats } } }),
    events: { stdout: 'off', ...(route && { routes: [route] }) },
    ...(!route && { hooks: { register: ['message.publish'] } }),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** Otherwise the next measurement would pay for what is still queued. */
async function settled(server) {
  let last = -1;
  await until('the queue', async () => {
    const { used } = readCpu(server.pid);
    // A millisecond of CPU in a tenth of a second.
    const isIdle = used - last < 1_000_000;
    last = used;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isIdle;
  });
}
