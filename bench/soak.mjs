/** Makes a million calls and records memory meanwhile: `npm run bench:soak -- --help`. */
import { buildBench } from './lib/build.mjs';
import { chooseCores } from './lib/cpu.mjs';
import { requireH2load } from './lib/h2load.mjs';
import { measure } from './lib/measure.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';
import { findServers, makeDirectory, startServer } from './lib/servers.mjs';
import { formatNumber, formatTable, say } from './lib/table.mjs';
import { isMet } from './lib/targets.mjs';

const usage = `Usage: npm run bench:soak -- [options]

  --calls <n>      in all (1000000)
  --every <n>      calls between two readings (100000)
  --server <name>  ours, ours-json, lean, floor, grpc-js, connect (ours)
  --strict         exit with 1 when memory grew too much`;

const TARGET = { bound: /** @type {const} */ ('most'), limit: 1.1 };
const STREAMS = 16;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    calls: { type: 'string', default: '1000000' },
    every: { type: 'string', default: '100000' },
    server: { type: 'string', default: 'ours' },
    strict: { type: 'boolean', default: false },
  });
  requireH2load();
  const [server] = findServers([options.server]);
  await buildBench();
  const every = readCount('every', options.every);
  const readings = await soak(server, Math.ceil(readCount('calls', options.calls) / every), every);
  report(server, readings, options.strict);
}

/** Each block is a quarter of each call, on new connections. */
async function soak(server, blocks, every) {
  const [{ calls }, { verify }] = await Promise.all([
    import('./lib/requests.mjs'),
    import('./lib/verify.mjs'),
  ]);
  const cores = chooseCores();
  const directory = makeDirectory(calls);
  const [first] = calls;
  const running = await startServer(server, first, { core: cores.server, directory });
  const readings = [];
  try {
    await verify(running, first);
    for (let block = 1; block <= blocks; block++) {
      const parts = [];
      for (const call of calls) {
        const count = Math.ceil(every / calls.length);
        parts.push(
          await measure(running, { call, count, warmup: 0, streams: STREAMS, core: cores.load, directory }),
        );
      }
      const reading = { calls: block * every, rss: parts.at(-1).rss, cpu: mean(parts.map(({ cpu }) => cpu)) };
      readings.push(reading);
      say(`${formatNumber(reading.calls, 0)} calls: RSS ${formatNumber(reading.rss / 2 ** 20, 1)} MiB`);
    }
    if (server.id !== 'floor') for (const call of calls) await verify(running, call);
  } finally {
    await running.stop();
  }
  return readings;
}

function report(server, readings, isStrict) {
  const [first] = readings;
  const rows = readings.map(({ calls, rss, cpu }) => [
    formatNumber(calls, 0),
    formatNumber(rss / 2 ** 20, 1),
    formatNumber(rss / first.rss, 2),
    formatNumber(cpu, 1),
  ]);
  const ratio = readings.at(-1).rss / first.rss;
  const isGood = isMet(TARGET, ratio);
  say(`\n${server.title}\n\n${formatTable(['calls', 'RSS MiB', '÷ first', 'CPU µs/call'], rows)}`);
  say(
    `\nRSS of the last reading against the first: ${ratio.toFixed(2)}, target ≤ ${TARGET.limit}: ${isGood ? 'pass' : 'miss'}`,
  );
  if (!isGood && isStrict) process.exitCode = 1;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
