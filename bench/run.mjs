/** Compares our server with the floor and with its peers, side by side: `npm run bench -- --help`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD, buildBench } from './lib/build.mjs';
import { chooseCores } from './lib/cpu.mjs';
import { openDocument } from './lib/document.mjs';
import { CONNECTIONS, requireH2load } from './lib/h2load.mjs';
import { describeMachine, warnWhenBusy } from './lib/machine.mjs';
import { measure } from './lib/measure.mjs';
import { readCount, readList, readOptions, runMain } from './lib/options.mjs';
import { Report } from './lib/report.mjs';
import { findServers, makeDirectory, startServer } from './lib/servers.mjs';
import { formatNumber, formatTable, say } from './lib/table.mjs';
import { measureMessages } from './messages.mjs';

const usage = `Usage: npm run bench -- [options]

  --rounds <n>     how often everything is measured, interleaved (5)
  --calls <n>      calls in each measurement (20000)
  --warmup <n>     calls before each first measurement of a process (10000)
  --only <a,b>     servers: floor, ours, ours-node, ours-json, lean, grpc-js, grpc-js-loader, connect, and those of
                   \`npm run bench:peers\`: grpc-go, grpc-cpp, grpc-python (all but those and lean, which is our
                   transport without the program around it)
  --methods <a,b>  calls: connected, authorize, publish, rewrite (all)
  --streams <a,b>  streams on each of the ${CONNECTIONS} connections (1,16)
  --write          put the tables into docs/performance.md, between its markers
  --strict         exit with 1 when a target is missed`;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    rounds: { type: 'string', default: '5' },
    calls: { type: 'string', default: '20000' },
    warmup: { type: 'string', default: '10000' },
    only: { type: 'string', default: 'floor,ours,ours-node,ours-json,grpc-js,grpc-js-loader,connect' },
    methods: { type: 'string', default: 'connected,authorize,publish,rewrite' },
    streams: { type: 'string', default: '1,16' },
    write: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  });
  const h2load = requireH2load();
  const servers = findServers(readList(options.only));
  const document = options.write ? openDocument('docs/performance.md') : undefined;
  await buildBench();
  const plan = {
    servers,
    calls: await findCalls(readList(options.methods)),
    streams: readList(options.streams).map((text) => readCount('streams', text)),
    rounds: readCount('rounds', options.rounds),
    count: readCount('calls', options.calls),
    warmup: readCount('warmup', options.warmup),
  };

  warnWhenBusy(say);
  const results = await measureAll(plan);
  const report = new Report(results, servers, plan.calls, plan.streams);
  const date = new Date().toISOString().slice(0, 10);
  const rules = formatRules(await measureMessages());
  const text = [`Measured on ${date}:`, ...describeMachine(h2load), '', report.format(), '', rules].join(
    '\n',
  );
  writeFileSync(join(BUILD, 'results.json'), JSON.stringify(results, undefined, 1));
  say(`\n${text}`);
  document?.write(text);
  if (options.strict && !report.isGood()) process.exitCode = 1;
}

/** What message rules add to a call, measured without a network. */
function formatRules(rows) {
  const cells = rows.map(({ name, added, target }) => [
    name,
    formatNumber(added, 2),
    target === undefined ? '' : `≤ ${target}`,
    target === undefined ? '' : added <= target ? 'pass' : '**miss**',
  ]);
  const head = ['message rules', 'CPU added, µs/call', 'target', 'verdict'];
  return `### Message rules, against none\n\n${formatTable(head, cells)}`;
}

/** @param {readonly string[]} ids */
async function findCalls(ids) {
  const { calls } = await import('./lib/requests.mjs');
  const unknown = ids.find((id) => !calls.some((call) => call.id === id));
  if (unknown !== undefined) throw new Error(`there is no call "${unknown}"`);
  return calls.filter(({ id }) => ids.includes(id));
}

/** Servers of the same round and call run directly after each other: a disturbance is then likely to affect all. */
async function measureAll({ servers, calls, streams, rounds, count, warmup }) {
  const { verify } = await import('./lib/verify.mjs');
  const cores = chooseCores();
  const directory = makeDirectory(calls);
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    for (const call of calls) {
      for (const server of rotate(servers, round)) {
        const running = await startServer(server, call, { core: cores.server, directory });
        try {
          await verify(running, call);
          const common = { call, count, core: cores.load, directory };
          for (const [i, parallel] of streams.entries()) {
            const before = i === 0 ? warmup : Math.ceil(warmup / 5);
            const measured = await measure(running, { ...common, streams: parallel, warmup: before });
            results.push({ server: server.id, call: call.id, streams: parallel, round, measured });
            say(describe(round, rounds, server, call, parallel, measured));
          }
          await verify(running, call);
        } finally {
          await running.stop();
        }
      }
    }
  }
  return results;
}

/** Rotate: no server is always first in a round. */
function rotate(servers, by) {
  const at = by % servers.length;
  return [...servers.slice(at), ...servers.slice(0, at)];
}

function describe(round, rounds, server, call, streams, { perSecond, cpu, p99, waited }) {
  const where = `${round}/${rounds} ${call.id.padEnd(9)} 8x${`${streams}`.padEnd(2)} ${server.id.padEnd(14)}`;
  const figures = `${perSecond.toFixed(0).padStart(6)} calls/s ${cpu.toFixed(1).padStart(6)} us CPU  p99 ${p99.toFixed(2)} ms`;
  return `${where} ${figures}  waited ${(waited * 100).toFixed(0)} %`;
}
