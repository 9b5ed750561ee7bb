/** Shows where the time of a call goes, compared to the floor: `npm run bench:profile -- --help`. */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD, buildBench, ROOT } from './lib/build.mjs';
import { chooseCores } from './lib/cpu.mjs';
import { requireH2load } from './lib/h2load.mjs';
import { warnWhenBusy } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';
import { readProfile } from './lib/profile.mjs';
import { findServers, makeDirectory, startServer } from './lib/servers.mjs';
import { formatTable, say } from './lib/table.mjs';

const usage = `Usage: npm run bench:profile -- [options]

  --server <name>   ours, ours-json, lean, grpc-js, grpc-js-loader, connect (ours)
  --method <name>   connected, authorize, publish, rewrite (publish)
  --streams <n>     streams on each of the 8 connections (16)
  --calls <n>       calls while it is profiled (50000)
  --warmup <n>      calls before (20000)
  --top <n>         functions to list (25)

The profiles stay in bench/.build/, for Chrome's developer tools.`;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    server: { type: 'string', default: 'ours' },
    method: { type: 'string', default: 'publish' },
    streams: { type: 'string', default: '16' },
    calls: { type: 'string', default: '50000' },
    warmup: { type: 'string', default: '20000' },
    top: { type: 'string', default: '25' },
  });
  requireH2load();
  const [server] = findServers([options.server]);
  const [floor] = findServers(['floor']);
  await buildBench();
  warnWhenBusy(say);
  const { calls } = await import('./lib/requests.mjs');
  const call = calls.find(({ id }) => id === options.method);
  if (call === undefined) throw new Error(`there is no call "${options.method}"`);
  const plan = {
    call,
    streams: readCount('streams', options.streams),
    count: readCount('calls', options.calls),
    warmup: readCount('warmup', options.warmup),
  };
  report({
    server,
    call,
    own: await record(server, plan),
    floor: await record(floor, plan),
    top: readCount('top', options.top),
  });
}

/** @returns {Promise<readonly import('./lib/profile.mjs').Line[]>} microseconds per call */
async function record(server, { call, streams, count, warmup }) {
  const { verify } = await import('./lib/verify.mjs');
  const cores = chooseCores();
  const directory = makeDirectory([call]);
  const nodeArgs = ['--import', join(ROOT, 'bench/lib/profiler.mjs')];
  const running = await startServer(server, call, { core: cores.server, directory, nodeArgs });
  const kept = join(BUILD, `${server.id}-${call.id}.cpuprofile`);
  try {
    await verify(running, call);
    const common = { call, streams, core: cores.load, directory };
    await measure(running, { ...common, count: warmup, warmup: 0 });
    await signal(running, join(directory, 'server.profiling'));
    const { cpu } = await measure(running, { ...common, count, warmup: 0 });
    await signal(running, join(directory, 'server.profiled'));
    await verify(running, call);
    copyFileSync(join(directory, 'server.cpuprofile'), kept);
    return scale(readProfile(kept), cpu);
  } finally {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Tells the profiler to start or stop, and waits until it has. */
async function signal({ pid, gone }, mark) {
  process.kill(pid, 'SIGWINCH');
  while (!existsSync(mark)) {
    gone.throwIfAborted();
    await sleep(20);
  }
}

/**
 * The profiler samples by wall clock, even while another process has the core: only the shares are right. The kernel
 * knows the total.
 */
function scale(lines, cpu) {
  const total = sum(lines);
  return lines.map((line) => ({ ...line, micros: (line.micros / total) * cpu }));
}

function report({ server, call, own, floor, top }) {
  const before = new Map(floor.map(({ name, micros }) => [name, micros]));
  const total = sum(own);
  const beyond = total - sum(floor);
  say(
    `\n${server.title}: ${call.title}; CPU microseconds a call while profiled: ${total.toFixed(1)}, the floor ${sum(floor).toFixed(1)}`,
  );

  const groups = [...new Set([...own, ...floor].map(({ group }) => group))]
    .map((group) => [group, sum(own, group), sum(floor, group)])
    .sort(([, a], [, b]) => b - a)
    .map(([group, a, b]) => [group, a.toFixed(2), b.toFixed(2), (a - b).toFixed(2), percent(a - b, beyond)]);
  say(`\n${formatTable(['group', 'µs/call', 'floor', 'beyond', 'share'], groups)}`);

  const rows = own
    .map(({ name, group, micros }) => ({ name, group, micros, more: micros - (before.get(name) ?? 0) }))
    .sort((a, b) => b.more - a.more)
    .slice(0, top)
    .map(({ name, group, micros, more }) => [
      name,
      group,
      micros.toFixed(2),
      more.toFixed(2),
      percent(more, beyond),
    ]);
  say(
    `\n${formatTable(['function, by self time beyond the floor', 'group', 'µs/call', 'beyond', 'share'], rows)}`,
  );
}

function sum(lines, group) {
  return lines.reduce(
    (total, line) => (group === undefined || line.group === group ? total + line.micros : total),
    0,
  );
}

function percent(part, whole) {
  return `${((part / whole) * 100).toFixed(0)} %`;
}
