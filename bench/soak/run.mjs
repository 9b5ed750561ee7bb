/** Runs everything at once, for half an hour: `npm run soak -- --help`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';
import { readCount, readOptions, runMain } from '../lib/options.mjs';
import { formatNumber, say } from '../lib/table.mjs';
import { encodeCall } from './calls.mjs';
import { createClients, sequenceOf } from './clients.mjs';
import { writeConfiguration } from './configuration.mjs';
import { drive } from './drive.mjs';
import { createLedger } from './ledger.mjs';
import { sampleMemory } from './memory.mjs';
import { CONNECTIONS, openPool } from './pool.mjs';
import { createServer } from './program.mjs';
import { formatReport, judge, openPage } from './report.mjs';
import { scrapeMetrics } from './scraper.mjs';
import { startNats, startRedis } from './sinks.mjs';
import { createTally } from './tally.mjs';

const usage = `Usage: npm run soak -- [options]

  --minutes <n>   how long, also 0.5 (30)
  --clients <n>   MQTT clients (200)
  --workers <n>   processes of the server (2)
  --max-age <t>   connections.maxAge: connections spread over the workers again after a kill (1m)
  --part <n>      of the measured capacity (0.5)
  --write         put the figures into docs/operations.md

The built server runs with policies, message rules, two sinks, a spool, shared grants, metrics and traces. It is called as a
broker calls. Its configuration changes every minute; a worker is killed every five. A shorter run does both more often.
The exit status is 1 when an acknowledged event is missing, a call failed, or memory grew.`;

const page = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));
const WARM_UP = 5;
const CAPACITY = 20;
/** Seconds for readers to catch up at the end. */
const CATCH_UP = 60;

await runMain(main);

async function main() {
  const options = readOptions(usage, {
    minutes: { type: 'string', default: '30' },
    clients: { type: 'string', default: '200' },
    workers: { type: 'string', default: '2' },
    'max-age': { type: 'string', default: '1m' },
    part: { type: 'string', default: '0.5' },
    write: { type: 'boolean', default: false },
  });
  const minutes = readPositive('minutes', options.minutes);
  const plan = {
    minutes,
    part: readPositive('part', options.part),
    clients: readCount('clients', options.clients),
    workers: readCount('workers', options.workers),
    maxAge: options['max-age'],
  };
  const document = options.write ? openPage(page) : undefined;
  const closers = [];
  const interrupt = interruptible(minutes);
  try {
    const result = await soak(plan, closers, interrupt);
    const findings = judge(result);
    const report = formatReport(result, findings);
    say(`\n${report}\n`);
    for (const line of result.records) say(`logged: ${line}`);
    for (const [text, times] of result.tally.examples) say(`failed ${times} times: ${text}`);
    for (const problem of result.metrics.problems) say(`metrics: ${problem}`);
    document?.write(report);
    const violated = findings.filter(({ isGood }) => !isGood);
    say(
      violated.length === 0
        ? 'Soak: passed.'
        : `Soak: VIOLATED: ${violated.map(({ what }) => what).join('; ')}.`,
    );
    if (violated.length > 0) process.exitCode = 1;
  } finally {
    for (const close of closers.reverse())
      await close().catch((error) => say(`while closing: ${error.message}`));
  }
}

/** Ctrl-C ends a run gracefully; a run that hangs is ended too. */
function interruptible(minutes) {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => controller.abort(new Error(`ended by ${signal}`)));
  const seconds = minutes * 60 + WARM_UP + CAPACITY + CATCH_UP + 180;
  setTimeout(() => {
    say(`Soak: VIOLATED: not done after ${Math.round(seconds)} s.`);
    process.exit(1);
  }, seconds * 1000).unref();
  return controller.signal;
}

async function soak(plan, closers, signal) {
  const { clients: count, minutes } = plan;
  const tally = createTally();
  const history = createLedger(count);
  const presence = createLedger(count);
  const started = await startAll(plan, { history, presence, tally }, closers);
  const { server, configuration, pool, nats, redis } = started;
  const clients = createClients({ count, pool, history, presence, tally });
  await clients.logInAll();
  if (tally.seen.failed > 0) throw new Error(`the first logins failed: ${[...tally.examples.keys()]}`);
  const run = (seconds, rate) => drive({ clients: count, act: clients.act, seconds, rate, signal });
  await run(WARM_UP);
  const capacity = await run(CAPACITY);
  const rate = capacity * plan.part;
  say(
    `Capacity: ${formatNumber(capacity, 0)} acts a second. ${minutes} minutes at ${formatNumber(rate, 0)}.`,
  );

  tally.restart();
  const seconds = minutes * 60;
  const memory = sampleMemory(
    () => [
      { name: 'supervisor', pid: server.pid },
      ...server.log.workers().map((pid) => ({ name: 'worker', pid })),
      { name: 'NATS', pid: nats.pid },
      { name: 'Redis', pid: redis.pid },
      { name: 'this client', pid: process.pid },
    ],
    Math.min(10, seconds / 20) * 1000,
  );
  const metrics = scrapeMetrics(started.adminPort, Math.min(15, seconds / 4) * 1000);
  closers.push(async () => void memory.end());
  const trouble = makeTrouble({ server, configuration, tally, seconds });
  await run(seconds, rate);
  const { reloads, kills } = await trouble.end();
  await catchUp(history, presence);
  const scraped = await metrics.end();
  const grown = memory.end();
  await pool.close();
  const exit = await server.stop();
  return {
    ...plan,
    capacity,
    rate,
    tally,
    history,
    presence,
    refused: pool.refused,
    metrics: scraped,
    memory: grown,
    log: server.log.seen,
    records: server.log.records,
    spans: countSpans(started.spans),
    reloads,
    kills,
    exit,
  };
}

async function startAll({ clients, workers, maxAge }, { history, presence, tally }, closers) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-soak-'));
  closers.push(async () => rmSync(directory, { recursive: true, force: true }));
  const spans = join(directory, 'spans');
  mkdirSync(spans);
  const clientOf = (id) => Number(/^device-(\d+)$/.exec(id)?.[1] ?? -1);
  const nats = await startNats(({ message }) =>
    history.arrive(clientOf(message.from), JSON.parse(message.payload).sequence),
  );
  closers.push(nats.close);
  const redis = await startRedis(({ clientinfo }) =>
    presence.arrive(clientOf(clientinfo.clientid), sequenceOf(clientinfo)),
  );
  closers.push(redis.close);
  const [port, adminPort] = [await freePort(), await freePort()];
  const configuration = writeConfiguration(directory, {
    port,
    adminPort,
    natsPort: nats.port,
    redisPort: redis.port,
    workers,
    clients,
    maxAge,
  });
  const server = createServer({ config: configuration.path, port, workers, spans });
  closers.push(() => server.stop());
  await server.start();
  const pool = openPool({
    address: () => `http://127.0.0.1:${port}`,
    onEnd(connection, isLost) {
      if (isLost) tally.lostConnection();
      for (let client = connection; client < clients; client += CONNECTIONS) presence.move(client);
    },
  });
  closers.push(pool.close);
  const loaded = await pool.call(0, encodeCall('OnProviderLoaded', { broker: { version: '5.10.3' } }));
  if (loaded.reply === undefined) throw new Error(`OnProviderLoaded was not answered: ${loaded.text}`);
  return { server, configuration, pool, nats, redis, adminPort, spans };
}

/**
 * Changes the configuration every minute, in turn by SIGHUP and by the file alone, and kills a worker every five
 * minutes.
 */
function makeTrouble({ server, configuration, tally, seconds }) {
  const [reloadEvery, killEvery] = [Math.min(60, seconds / 4), Math.min(300, seconds / 3)];
  const done = { reloads: 0, kills: 0 };
  // Changes in the last moments would not be observed.
  const last = performance.now() + seconds * 970;
  let work = Promise.resolve();
  const reload = setInterval(() => {
    if (performance.now() > last) return;
    done.reloads++;
    configuration.write(done.reloads);
    tally.changed(done.reloads);
    if (done.reloads % 2 === 0) server.hangUp();
  }, reloadEvery * 1000);
  const kill = setInterval(() => {
    if (performance.now() > last) return;
    work = work.then(async () => {
      done.kills++;
      tally.killed();
      await server.killWorker();
    });
    work.catch(() => {});
  }, killEvery * 1000);
  return {
    async end() {
      clearInterval(reload);
      clearInterval(kill);
      await work;
      return done;
    },
  };
}

async function catchUp(...ledgers) {
  for (let left = CATCH_UP * 10; left > 0 && ledgers.some(({ missing }) => missing > 0); left--)
    await sleep(100);
}

function countSpans(directory) {
  return readdirSync(directory).reduce(
    (sum, name) => sum + Number(readFileSync(join(directory, name), 'utf8')),
    0,
  );
}

function readPositive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
  return value;
}
