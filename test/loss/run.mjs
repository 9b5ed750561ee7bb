/** Tests the guarantees about events: `npm run test:loss -- --help`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { publishAll } from './broker.mjs';
import { compare } from './compare.mjs';
import { SUBJECT, startNats } from './nats.mjs';
import { until } from './processes.mjs';
import { startProgram } from './program.mjs';

const usage = `Usage: npm run test:loss -- [options]

  --publishes <n>  calls of message.publish in each scenario (100000)
  --kills <n>      how often NATS and the server are killed with SIGKILL, each (5)
  --clients <n>    MQTT clients that publish at the same time (128)
  --only <a,b>     before-reply, ingress, spool, stop, stop-spool, lossy (all)

before-reply and spool: every call that was answered "unchanged" must be in the stream at the end.
ingress: the same at message.ingress of EMQX 6.3: what is not stored is not acknowledged, and its client sends it again, so
that every message is acknowledged and stored at the end.
stop and stop-spool: SIGTERM with a full queue and a sink that hangs: what is lost is in the last log line.
lossy: with a sink that loses one event, the comparison must find it.`;

const { values } = parseArgs({
  options: {
    publishes: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '5' },
    clients: { type: 'string', default: '128' },
    only: { type: 'string', default: 'before-reply,ingress,spool,stop,stop-spool,lossy' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const publishes = Number(values.publishes);
const kills = Number(values.kills);
const clients = Number(values.clients);

const say = (text) => process.stdout.write(`${text}\n`);

const natsSink = (port) => ({
  nats: { servers: [`nats://127.0.0.1:${port}`], subject: `${SUBJECT}.\${clientid}` },
});
const route = (more) => ({ hooks: ['message.publish'], to: 'history', ...more });

/** Kills NATS and the server in turn, evenly over the run. */
function killer(nats, program) {
  const moments = Array.from({ length: 2 * kills }, (_, i) =>
    Math.round(((i + 1) * publishes) / (2 * kills + 1)),
  );
  let work = Promise.resolve();
  return {
    onAnswer(answers) {
      if (answers < (moments[0] ?? Number.POSITIVE_INFINITY)) return;
      const victim = moments.shift() && moments.length % 2 === 0 ? program : nats;
      work = work.then(async () => {
        await victim.end('SIGKILL');
        await victim.start();
      });
    },
    done: () => work,
    get left() {
      return moments.length;
    },
  };
}

/** Lives through all kills. @returns {Promise<boolean>} whether the promise held */
async function chaos(name, events, { atIngress = false, ...more } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-loss-'));
  const nats = await startNats();
  const program = await startProgram(directory, () => ({
    ...more,
    sinks: { history: { ...natsSink(nats.port), queue: { retry: { min: '20ms', max: '500ms' } } } },
    events: { stdout: 'off', routes: [route(events)] },
  }));
  const kill = killer(nats, program);
  const since = performance.now();
  const { answered, failed } = await publishAll({
    port: program.port,
    clients,
    publishes,
    atIngress,
    onAnswer: kill.onAnswer,
  });
  await kill.done();
  const seconds = (performance.now() - since) / 1000;
  // Events in flight are delivered before the server exits.
  await until(
    'the sink',
    async () => (await count(nats)) >= new Set(answered.map(({ id }) => id)).size,
  ).catch(() => {});
  await program.end('SIGTERM');
  const result = compare(answered, await nats.read());
  await nats.close();
  rmSync(directory, { recursive: true, force: true });
  say(
    `${name}: ${publishes} calls in ${seconds.toFixed(0)} s, NATS and the server killed ${kills} times each: ` +
      `${result.answered} answered "unchanged", ${failed} failed; the stream holds ${result.held}, ` +
      `${result.repeated} of them twice, ${result.misordered} out of order, ${result.missing.length} missing`,
  );
  // A client that sends again until it is acknowledged loses nothing.
  const isWhole = !atIngress || result.answered === publishes;
  const held =
    isWhole &&
    result.missing.length === 0 &&
    result.misordered === 0 &&
    kill.left === 0 &&
    result.answered > 0;
  say(
    held ? '  the promise held' : `  BROKEN: missing ${result.missing.slice(0, 3).join(', ') || 'nothing'}`,
  );
  return held;
}

async function count(nats) {
  return new Set((await nats.read()).map(({ id }) => id)).size;
}

/** SIGTERM while the sink hangs. */
async function stop(name, events, more = {}) {
  const total = Math.min(publishes, 5_000);
  const directory = mkdtempSync(join(tmpdir(), 'exhook-loss-'));
  const nats = await startNats();
  const program = await startProgram(directory, () => ({
    ...more,
    drain: { timeout: '2s', delay: '0s' },
    sinks: { history: natsSink(nats.port) },
    events: { stdout: 'off', routes: [route(events)] },
  }));
  nats.signal('SIGSTOP');
  const { answered } = await publishAll({ port: program.port, clients, publishes: total });
  await program.end('SIGTERM');
  nats.signal('SIGCONT');
  let accounted = (await nats.read()).length;
  const where = [`${accounted} in the stream`];
  if (more.spool !== undefined) {
    await program.start();
    await until('the spool', async () => (await count(nats)) >= total).catch(() => {});
    await program.end('SIGTERM');
    const after = await count(nats);
    where.push(`${after - accounted} after the next start`);
    accounted = after;
  } else {
    const lost = Number(/"lost":(\d+)/.exec(program.log.trim().split('\n').at(-1) ?? '')?.[1] ?? 0);
    where.push(`${lost} in the last line of the log`);
    accounted += lost;
  }
  await nats.close();
  rmSync(directory, { recursive: true, force: true });
  const held = accounted >= answered.length && answered.length === total;
  say(
    `${name}: ${answered.length} of ${total} answered while the sink hung, then SIGTERM: ${where.join(', ')}`,
  );
  say(held ? '  the promise held' : '  BROKEN: some are nowhere');
  return held;
}

/** The comparison finds losses. */
async function lossy(name) {
  const total = Math.min(publishes, 2_000);
  const directory = mkdtempSync(join(tmpdir(), 'exhook-loss-'));
  const file = join(directory, 'held.jsonl');
  const path = fileURLToPath(new URL('lossy-sink.mjs', import.meta.url));
  const program = await startProgram(directory, () => ({
    sinks: { history: { module: { path, options: { file } } } },
    events: { stdout: 'off', routes: [route({ delivery: 'before-reply', onFailure: 'error' })] },
  }));
  const { answered } = await publishAll({ port: program.port, clients, publishes: total });
  await program.end('SIGTERM');
  const held = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).data.message)
    .map(({ from, id }) => ({ client: from, id }));
  rmSync(directory, { recursive: true, force: true });
  const { missing } = compare(answered, held);
  say(`${name}: a sink that loses one event of ${total}: ${missing.length} found missing`);
  return missing.length === 1;
}

const spool = () => {
  const path = mkdtempSync(join(tmpdir(), 'exhook-loss-spool-'));
  mkdirSync(path, { recursive: true });
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
  return { spool: { path } };
};

const scenarios = {
  'before-reply': (name) => chaos(name, { delivery: 'before-reply', onFailure: 'error' }),
  ingress: (name) =>
    chaos(
      name,
      { hooks: ['message.ingress'], delivery: 'before-reply', onFailure: 'disconnect' },
      { atIngress: true },
    ),
  spool: (name) => chaos(name, { overflow: 'spool' }, spool()),
  stop: (name) => stop(name, {}),
  'stop-spool': (name) => stop(name, { overflow: 'spool' }, spool()),
  lossy,
};

for (const name of values.only.split(',')) {
  const run = scenarios[name];
  if (run === undefined) throw new Error(`--only knows no ${name}`);
  if (!(await run(name))) process.exitCode = 1;
}
