/** What the inspector costs a call: off, on without a viewer, on with one. `npm run bench:inspector -- --help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../scripts/free-port.mjs';
import { buildBench, ROOT } from './lib/build.mjs';
import { chooseCores } from './lib/cpu.mjs';
import { requireH2load } from './lib/h2load.mjs';
import { describeMachine, warnWhenBusy } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';
import { makeDirectory, startServer } from './lib/servers.mjs';
import { median } from './lib/stats.mjs';
import { formatNumber, formatTable, say } from './lib/table.mjs';

const usage = `Usage: npm run bench:inspector -- [options]

  --rounds <n>     how often everything is measured, interleaved (9)
  --calls <n>      calls in each measurement (20000)
  --warmup <n>     calls before each measurement (10000)
  --streams <n>    streams on each of 8 connections (16)`;

const TOKEN = 'token-of-the-benchmark-0123456789';
const MIB = 1024 * 1024;

/** CPU that each row may add to a call, as a share of what it takes without the inspector. */
const rows = [
  { id: 'off', title: 'without the inspector', hasInspector: false, hasViewer: false, limit: 0 },
  { id: 'on', title: 'with it, nobody looks', hasInspector: true, hasViewer: false, limit: 0.05 },
  { id: 'viewer', title: 'with it, one page looks', hasInspector: true, hasViewer: true, limit: 0.1 },
];

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    rounds: { type: 'string', default: '9' },
    calls: { type: 'string', default: '20000' },
    warmup: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '16' },
  });
  const h2load = requireH2load();
  const plan = {
    count: readCount('calls', options.calls),
    warmup: readCount('warmup', options.warmup),
    streams: readCount('streams', options.streams),
  };
  await buildBench();
  const { calls: all } = await import('./lib/requests.mjs');
  const calls = all.filter(({ id }) => ['connected', 'authorize', 'publish'].includes(id));
  warnWhenBusy(say);
  const directory = makeDirectory(calls);
  const results = [];
  for (let round = 1; round <= readCount('rounds', options.rounds); round++)
    for (const call of calls)
      for (const row of rows) {
        const measured = await measureRow(row, call, { ...plan, directory });
        results.push({ row: row.id, call: call.id, ...measured });
        say(`round ${round}: ${call.id}, ${row.title}: ${formatNumber(measured.cpu, 2)} us/call`);
      }
  say([...describeMachine(h2load), '', report(calls, results)].join('\n'));
}

async function measureRow(row, call, { directory, ...plan }) {
  const cores = chooseCores();
  const inspector = await freePort();
  const args = (port) => [
    join(ROOT, 'dist/server.js'),
    '--config',
    writeConfig(directory, row, port, inspector),
  ];
  const server = await startServer({ id: row.id, title: row.title, args }, call, {
    core: cores.server,
    directory,
  });
  const end = new AbortController();
  try {
    await whenReady(server);
    const rowsSeen = row.hasViewer ? watch(inspector, end.signal) : undefined;
    const measured = await measure(server, { ...plan, call, core: cores.load, directory });
    if (rowsSeen?.count === 0) throw new Error('the viewer has seen no call');
    return measured;
  } finally {
    end.abort();
    await server.stop();
  }
}

/** Reads the stream as a page does. */
function watch(port, signal) {
  const seen = { count: 0 };
  const headers = { authorization: `Bearer ${TOKEN}` };
  fetch(`http://127.0.0.1:${port}/api/stream`, { headers, signal })
    .then(async ({ body }) => {
      for await (const chunk of body ?? []) seen.count += chunk.length;
    })
    .catch(() => {});
  return seen;
}

async function whenReady({ port, gone }) {
  for (;;) {
    gone.throwIfAborted();
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function writeConfig(directory, { id, hasInspector }, port, inspector) {
  const folder = join(directory, `inspector-${id}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'exhook.yaml');
  writeFileSync(
    file,
    JSON.stringify({
      listen: { host: '127.0.0.1', port },
      events: { stdout: 'off' },
      log: { level: 'warn' },
      decisions: { log: 'off' },
      authorize: { rules: [{ allow: 'all', topics: 'plant/#' }] },
      publish: { rules: [{ topics: 'other/#', drop: 'not here' }] },
      ...(hasInspector && { inspector: { port: inspector, token: TOKEN, payloads: true } }),
    }),
  );
  return file;
}

function report(calls, results) {
  const of = (call, row, field) =>
    median(results.filter((one) => one.call === call && one.row === row).map((one) => one[field]));
  const lines = calls.flatMap(({ id, title }) =>
    rows.map(({ id: row, title: name, limit }) => {
      const [cpu, base] = [of(id, row, 'cpu'), of(id, 'off', 'cpu')];
      const added = cpu / base - 1;
      const memory = (of(id, row, 'rss') - of(id, 'off', 'rss')) / MIB;
      const verdict = row === 'off' ? '' : added <= limit ? 'pass' : '**miss**';
      const share = row === 'off' ? '' : `${formatNumber(added * 100, 1)} %`;
      return [
        title,
        name,
        formatNumber(cpu, 2),
        share,
        `≤ ${limit * 100} %`,
        verdict,
        formatNumber(memory, 1),
      ];
    }),
  );
  return formatTable(['call', 'server', 'CPU, µs/call', 'added', 'target', 'verdict', 'MiB more'], lines);
}
