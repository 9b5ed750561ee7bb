/** Measures how long calls wait while large files are read again: `npm run bench:reload -- --help`. */
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { buildBench } from './lib/build.mjs';
import { readRss } from './lib/cpu.mjs';
import { aclOf, configOf, usersOf } from './lib/large-files.mjs';
import { warnWhenBusy } from './lib/machine.mjs';
import { readCount, readOptions, runMain } from './lib/options.mjs';
import { pace, quantile } from './lib/pace.mjs';
import { startReloading } from './lib/reload-server.mjs';
import { formatTable, say } from './lib/table.mjs';

const usage = `Usage: npm run bench:reload -- [options]

  --users <n>  users of the users file (1000000)
  --acl <n>    users of the ACL file (20000)
  --rules <n>  rules in the configuration (2000)
  --rate <n>   authorize calls a second (300)
  --record     write every call to a file, too
  --strict     exit with 1 when a target is missed`;

/** Limits in milliseconds for 99.9 % of calls, and for all of them, while a file is read. */
const TARGETS = { most: 50, all: 200 };
/** Seconds without a change, for comparison. */
const QUIET = 10;
/** Seconds of calls before each measurement: code that has just started is slow. */
const WARM = 4;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    users: { type: 'string', default: '1000000' },
    acl: { type: 'string', default: '20000' },
    rules: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '300' },
    record: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  });
  const counts = {
    users: readCount('users', options.users),
    acl: readCount('acl', options.acl),
    rules: readCount('rules', options.rules),
    record: options.record,
  };
  await buildBench();
  warnWhenBusy(say);
  const { calls } = await import('./lib/requests.mjs');
  const call = calls.find(({ id }) => id === 'authorize');
  const empty = await startReloading({ ...counts, users: 1 });
  const rssOfNone = readRss(empty.pid);
  await empty.stop();
  const server = await startReloading(counts);
  try {
    const rssOfAll = readRss(server.pid);
    const rows = [];
    for (const scenario of scenarios(server, counts)) {
      scenario.prepare?.();
      await pace(server.port, call, { rate: readCount('rate', options.rate), seconds: WARM });
      rows.push(await measure(server, call, readCount('rate', options.rate), scenario));
    }
    say(
      formatTable(
        ['while', 'calls', 'failed', 'seconds', 'median', '99.9 %', 'slowest', 'RSS before', 'most', 'after'],
        rows.map(({ cells }) => cells),
      ),
    );
    const perUser = ((rssOfAll - rssOfNone) / counts.users).toFixed(0);
    say(`Times in milliseconds, memory in MB. Memory of a user: ${perUser} bytes (RSS after the start).`);
    const isMissed = rows.some(({ isGood }) => !isGood);
    say(isMissed ? 'A target is missed.' : 'Targets are met: 99.9 % within 50 ms, all within 200 ms.');
    if (isMissed && options.strict) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

/**
 * What happens while calls are made. Files are written before, and only renamed then.
 *
 * @typedef {{ name: string, prepare?: () => void, run: () => Promise<void> }} Scenario
 * @returns {readonly Scenario[]}
 */
function scenarios(server, { users, acl, rules }) {
  const inForce = /the configuration was reloaded/;
  const replaced = (name, file, textOf, line) => ({
    name,
    prepare: () => writeFileSync(join(server.directory, `${file}.new`), textOf()),
    run: async () => {
      const done = server.logged(line);
      renameSync(join(server.directory, `${file}.new`), join(server.directory, file));
      await done;
    },
  });
  const usersChanged = /users\.csv changed and was reloaded/;
  return [
    { name: 'nothing changes', run: () => new Promise((resolve) => setTimeout(resolve, 1000 * QUIET)) },
    replaced('users change', 'users.csv', () => usersOf(users, 1), usersChanged),
    replaced('users change again', 'users.csv', () => usersOf(users, 2), usersChanged),
    replaced('users are refused', 'users.csv', () => `${usersOf(users, 3)}x\n`, /expected \d+ cells/),
    replaced('users are good again', 'users.csv', () => usersOf(users, 0), usersChanged),
    replaced('an ACL changes', 'mosquitto.acl', () => aclOf(acl, 1), /\.acl changed and was reloaded/),
    replaced(
      'the configuration changes',
      'exhook.yaml',
      () => configOf({ ...server, rules, version: 1 }),
      inForce,
    ),
    {
      name: 'SIGHUP, nothing changed',
      async run() {
        const done = server.logged(inForce);
        process.kill(server.pid, 'SIGHUP');
        await done;
      },
    },
    { name: '/metrics and /configz are read', run: () => readPages(server.adminPort) },
  ];
}

async function readPages(port) {
  for (let i = 0; i < 20; i++) {
    for (const path of ['/metrics', '/configz']) {
      const [response] = await once(get({ port, path, host: '127.0.0.1' }), 'response');
      for await (const _ of response);
    }
  }
}

async function measure(server, call, rate, { name, run }) {
  const before = readRss(server.pid);
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, readRss(server.pid));
  }, 50);
  const ended = new AbortController();
  const since = performance.now();
  let seconds = 0;
  const changing = run().finally(() => {
    seconds = (performance.now() - since) / 1000;
    // Calls that waited for the change are answered after it.
    setTimeout(() => ended.abort(), 500);
  });
  const { durations, failed } = await pace(server.port, call, { rate, seconds: 3600, signal: ended.signal });
  await changing;
  clearInterval(sampler);
  const [median, nearlyAll, slowest] = [0.5, 0.999, 1].map((part) => quantile(durations, part));
  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  return {
    isGood: nearlyAll < TARGETS.most && slowest < TARGETS.all && failed === 0,
    cells: [
      name,
      `${durations.length}`,
      `${failed}`,
      seconds.toFixed(1),
      ...[median, nearlyAll, slowest].map((time) => time.toFixed(1)),
      ...[before, most, readRss(server.pid)].map(megabytes),
    ],
  };
}
