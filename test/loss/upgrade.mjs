/** An old and a new build side by side, and a broker that goes from one to the other: `npm run test:upgrade -- --help`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createLedger } from '../../bench/soak/ledger.mjs';
import { openPool } from '../../bench/soak/pool.mjs';
import { SUBJECT, startNats } from './nats.mjs';
import { findBuilds } from './upgrade/builds.mjs';
import { clientOf, sequenceOf, startPublishers } from './upgrade/publishers.mjs';
import { createServers } from './upgrade/servers.mjs';

const usage = `Usage: npm run test:upgrade -- [options]

  --old <dir>      a build to come from (dist)
  --old-ref <ref>  or a tag or commit, which is built in a temporary directory
  --new <dir>      a build to go to (dist)
  --moves <n>      how often the broker goes to the other build, there and back (6)
  --seconds <n>    between two moves (4)
  --clients <n>    MQTT clients that publish at the same time (64)
  --only <a,b>     before-reply, spool (both)

Odd moves are a reload of the broker: its connections go to the new server, then the old one gets SIGTERM. Even moves are a
rolling update: the old server gets SIGTERM, says goodbye to each connection, and the broker connects to the new one.
With spool, NATS stands still during every third move, so that the old server leaves a full spool to the new one.
No call may fail, and each one that was answered must be in the stream once and in the order of its client.`;

const { values } = parseArgs({
  options: {
    old: { type: 'string' },
    'old-ref': { type: 'string' },
    new: { type: 'string' },
    moves: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '4' },
    clients: { type: 'string', default: '64' },
    only: { type: 'string', default: 'before-reply,spool' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const [moves, seconds, clients] = [values.moves, values.seconds, values.clients].map(Number);
const say = (text) => process.stdout.write(`${text}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
/** Half a minute for each move: a run that hangs is a run that fails. */
setTimeout(
  () => {
    say('not done in time');
    process.exit(1);
  },
  moves * (seconds + 30) * 2_000 + 300_000,
).unref();

const scenarios = {
  'before-reply': {
    sink: {},
    route: { delivery: 'before-reply', onFailure: 'error' },
    isHeldUp: () => false,
  },
  spool: {
    sink: { queue: { retry: { min: '20ms', max: '500ms' } } },
    route: { overflow: 'spool' },
    isHeldUp: (move) => move % 3 === 0,
  },
};

async function upgrade(name, { sink, route, isHeldUp }, builds) {
  const directory = mkdtempSync(join(tmpdir(), 'exhook-upgrade-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'spool'));
  const nats = await startNats();
  const servers = createServers(directory, {
    spool: { path: './spool' },
    drain: { timeout: '5s' },
    sinks: {
      history: {
        nats: {
          servers: [`nats://127.0.0.1:${nats.port}`],
          subject: `${SUBJECT}.\${clientid}`,
          timeout: '2s',
        },
        ...sink,
      },
    },
    events: { stdout: 'off', routes: [{ hooks: ['message.publish'], to: 'history', ...route }] },
  });
  const ledger = createLedger(clients);
  let server = await servers.start(builds.old);
  const seen = { lost: 0, waiting: 0, dirty: 0, cut: 0 };
  const pool = openPool({
    address: () => server.address,
    onEnd: (_, isLost) => {
      if (isLost) seen.cut++;
    },
  });
  const publishers = startPublishers({ count: clients, pool, ledger });
  for (let move = 1; move <= moves; move++) {
    await sleep(seconds * 1000);
    const old = server;
    const next = await servers.start(move % 2 === 1 ? builds.new : builds.old);
    if (isHeldUp(move)) {
      nats.signal('SIGSTOP');
      await sleep(500);
    }
    server = next;
    for (let client = 0; client < clients; client++) ledger.move(client);
    if (move % 2 === 1) await pool.move();
    const { code, lost, waiting } = await old.stop();
    if (isHeldUp(move)) nats.signal('SIGCONT');
    seen.lost += lost;
    seen.waiting += waiting;
    if (code !== 0) seen.dirty++;
  }
  await sleep(seconds * 1000);
  await publishers.stop();
  const held = await settle(nats, ledger);
  await pool.close();
  await server.stop();
  await nats.close();
  rmSync(directory, { recursive: true, force: true });
  return report(name, { ledger, publishers, seen: { ...seen, refused: pool.refused }, held });
}

/** Reads the stream until it holds all, or for half a minute. */
async function settle(nats, ledger) {
  let held = [];
  for (let left = 60; left > 0; left--) {
    held = await nats.read();
    if (held.length >= ledger.acknowledged) break;
    await sleep(500);
  }
  for (const { client, id } of held) ledger.arrive(clientOf(client), sequenceOf(id));
  return held.length;
}

function report(name, { ledger, publishers, seen, held }) {
  const { found, missing, acknowledged } = ledger;
  const failed = [...publishers.failures.values()].reduce((sum, times) => sum + times, 0);
  say(
    `${name}: ${moves} moves under load: ${acknowledged} calls answered "unchanged", ${failed} failed, ` +
      `${seen.refused} refused at a goodbye and made again, ${seen.cut} connections cut; the stream holds ${held}: ${missing} missing, ${found.repeated} twice, ` +
      `${found.misordered} out of order; ${seen.waiting} waited in the spool when a server had gone, ` +
      `${found.overtaken} came after newer ones of a client that had moved; ${seen.lost} lost at a stop, ${seen.dirty} stops not clean`,
  );
  for (const [text, times] of publishers.failures) say(`  failed ${times} times: ${text}`);
  const bad =
    failed + seen.cut + missing + found.repeated + found.misordered + found.unknown + seen.lost + seen.dirty;
  const isGood = bad === 0 && acknowledged > 0;
  say(isGood ? '  nothing was lost' : '  BROKEN');
  return isGood;
}

const builds = findBuilds(values);
say(`from ${values['old-ref'] ?? builds.old} to ${builds.new}, and back`);
for (const name of values.only.split(',')) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`--only knows no ${name}`);
  if (!(await upgrade(name, scenario, builds))) process.exitCode = 1;
}
