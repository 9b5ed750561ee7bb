/** Measures from spawn to the first answered call: `npm run bench:start -- --help`. */
import { spawnSync } from 'node:child_process';
import { buildBench } from './lib/build.mjs';
import { callOnce, connectWhenOpen } from './lib/client.mjs';
import { chooseCores } from './lib/cpu.mjs';
import { warnWhenBusy } from './lib/machine.mjs';
import { readCount, readList, readOptions, runMain } from './lib/options.mjs';
import { findServers, makeDirectory, startServer } from './lib/servers.mjs';
import { spreadOf } from './lib/stats.mjs';
import { formatSpread, formatTable, say } from './lib/table.mjs';
import { isMet } from './lib/targets.mjs';

const usage = `Usage: npm run bench:start -- [options]

  --runs <n>    starts of each server, interleaved (15)
  --only <a,b>  servers: floor, ours-plain (flags only), ours-policies (a YAML file with policies), ours (a YAML
                file, and a module of hooks), lean, grpc-js, grpc-js-loader, connect
                (floor,ours-plain,ours-policies,ours,grpc-js)
  --strict      exit with 1 when the target is missed`;

/** By server. */
const LIMITS = { 'ours-plain': 1.6, 'ours-policies': 1.8 };
/** Milliseconds. */
const PATIENCE = 20_000;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    runs: { type: 'string', default: '15' },
    only: { type: 'string', default: 'floor,ours-plain,ours-policies,ours,grpc-js' },
    strict: { type: 'boolean', default: false },
  });
  const runs = readCount('runs', options.runs);
  const servers = findServers(readList(options.only));
  await buildBench();
  warnWhenBusy(say);
  const cores = chooseCores();
  // This side polls without a pause, and must not take the server's core.
  spawnSync('taskset', ['-a', '-c', '-p', `${cores.load}`, `${process.pid}`]);
  const times = await measureStarts(servers, runs, cores.server);
  report(servers, times, options.strict);
}

/** @returns {Promise<Map<string, number[]>>} milliseconds, run by run */
async function measureStarts(servers, runs, core) {
  const { calls } = await import('./lib/requests.mjs');
  const call = calls.find(({ id }) => id === 'connected');
  const directory = makeDirectory([call]);
  const times = new Map(servers.map(({ id }) => [id, []]));
  // The first start of each reads its files from disk.
  for (let run = -1; run < runs; run++) {
    for (const server of servers) {
      const time = await timeStart(server, call, { core, directory });
      if (run >= 0) times.get(server.id).push(time);
    }
  }
  return times;
}

async function timeStart(server, call, options) {
  const { verify } = await import('./lib/verify.mjs');
  const running = await startServer(server, call, options);
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE), running.gone]);
    await callOnce(await connectWhenOpen(running.port, signal), call);
    const time = performance.now() - running.spawnedAt;
    await verify(running, call);
    return time;
  } finally {
    await running.stop();
  }
}

function report(servers, times, isStrict) {
  const floor = times.get('floor');
  const rows = servers.map(({ id, title }) => {
    const ratio =
      id !== 'floor' && floor ? spreadOf(times.get(id).map((time, i) => time / floor[i])) : undefined;
    const limit = ratio && LIMITS[id];
    const isGood = limit === undefined || isMet({ bound: 'most', limit }, ratio.median);
    if (!isGood && isStrict) process.exitCode = 1;
    const verdict = limit === undefined ? '' : `≤ ${limit}: ${isGood ? 'pass' : '**miss**'}`;
    return [title, formatSpread(spreadOf(times.get(id)), 0), formatSpread(ratio, 2), verdict];
  });
  say(`\n${formatTable(['server', 'spawn to first answered call, ms', '÷ floor', 'target'], rows)}`);
  say(`\nMedian of ${times.values().next().value.length} starts (least-most).`);
}
