/** What a container must do: each scenario starts one, and stops it as an operator would. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/free-port.mjs';
import { Broker } from './calls.mjs';
import { Container } from './container.mjs';
import { hasNoPrivileges, loadsItsPackages } from './inside.mjs';
import { check } from './report.mjs';
import { startSlowService } from './slow-service.mjs';
import { run, until } from './tools.mjs';

const fixtures = fileURLToPath(new URL('config', import.meta.url));
const CONFIG = ['--config', '/etc/exhook-edge/exhook.yaml'];

/** Seconds. */
const DRAIN_TIMEOUT = 9;

/** A directory that is mounted as /etc/exhook-edge. YAML reads JSON. */
function makeConfig(directory, name, content) {
  const config = join(directory, name);
  mkdirSync(config);
  cpSync(fixtures, config, { recursive: true });
  writeFileSync(join(config, 'exhook.yaml'), JSON.stringify(content));
  return config;
}

/** Nothing is given: it listens for everybody, on the port that the image names, and decides about nothing. */
export async function startsAsItIs(image) {
  const container = await Container.start({ ...image, isAlone: true });
  await container.listening();
  const isOpen = container.stderr.includes('listening on http://0.0.0.0:9000');
  check('without configuration it listens on 0.0.0.0:9000', isOpen, container.stderr);
  const healthy = await container.check();
  check('the HEALTHCHECK finds it there', healthy.code === 0 && healthy.output === 'ok', healthy.output);
  const failing = await container.exec(['node', '/app/healthcheck.mjs'], ['PORT=1']);
  check('the HEALTHCHECK fails where nobody listens', failing.code === 1, failing.output);
  await stop(container);
}

/** A policy and a hook; then SIGTERM in the midst of a call. */
export async function servesBrokers(image) {
  const service = await startSlowService();
  const port = await freePort();
  const config = makeConfig(image.directory, 'config', {
    listen: { port },
    drain: { timeout: `${DRAIN_TIMEOUT}s` },
    events: { stdout: 'json' },
    hooks: { custom: './hooks.mjs' },
    authenticate: { methods: [{ users: { file: './users.yaml' } }, { http: { url: service.url } }] },
  });
  const container = await Container.start({ ...image, config, args: CONFIG });
  const broker = new Broker(port);
  try {
    await container.listening();
    await hasNoPrivileges(container);
    await loadsItsPackages(container, image.root);
    await answers(broker, container);
    const healthy = await container.check();
    check('the HEALTHCHECK finds the port of the file', healthy.code === 0, healthy.output);
    await answersWhileStopping(broker, container, service);
  } finally {
    broker.close();
    service.close();
  }
}

async function answers(broker, container) {
  await broker.load();
  check('a user with an argon2 hash logs in', (await broker.login('argon2', 'pump')) === true);
  check('a user with a bcrypt hash logs in', (await broker.login('bcrypt', 'pump')) === true);
  check('a wrong password is refused', (await broker.login('bcrypt', 'guess')) === false);
  const isDropped = await broker.publish('forbidden');
  check('a hook that is mounted beside the configuration answers', isDropped);
  await broker.connected('pump-7');
  await until('the event', () => eventsOf(container).some(isConnected));
  check('a notification becomes an event on standard output', true);
}

const eventsOf = ({ stdout }) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
const isConnected = ({ type, subject }) => type === 'emqx.client.connected' && subject === 'pump-7';

async function answersWhileStopping(broker, container, service) {
  const answer = broker.login('slow', 'x');
  await service.asked();
  const stopped = stop(container);
  await until('the server to say that it stops', () => container.stderr.includes('stopping'));
  service.allow();
  check('a call in flight at SIGTERM is answered', (await answer) === true);
  await stopped;
}

/** Brokers come by TLS, and so does the HEALTHCHECK. */
export async function servesTls(image) {
  const port = await freePort();
  const listen = { port, tls: { cert: './server.pem', key: './server.key' } };
  const config = makeConfig(image.directory, 'tls', { listen });
  const files = ['-keyout', join(config, 'server.key'), '-out', join(config, 'server.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', ['req', ...kind, '-subj', '/CN=exhook.example', ...files]);
  await run('chmod', ['0644', join(config, 'server.key')]);
  const container = await Container.start({ ...image, config, args: CONFIG });
  await container.listening();
  const healthy = await container.check();
  check('the HEALTHCHECK speaks TLS when the server does', healthy.code === 0, healthy.output);
  const isQuiet = !container.stderr.includes('cleartext');
  check('it leaves no complaint in the log', isQuiet, container.stderr);
  await stop(container);
}

/** @returns {Promise<{ time: number, memory: number }>} milliseconds from runc's start to the first answer; bytes then */
export async function timeToFirstAnswer(image) {
  const port = await freePort();
  const broker = new Broker(port);
  const container = await Container.start({ ...image, env: [`PORT=${port}`] });
  try {
    await broker.load();
    const time = performance.now() - container.since;
    const memory = await container.memory();
    await stop(container, false);
    return { time, memory };
  } finally {
    broker.close();
  }
}

/** @returns {Promise<number>} milliseconds that runc takes for a Node that does nothing: what no server can be without */
export async function timeOfNode(image) {
  const nothing = { ...image.image, Entrypoint: ['node', '-e', '0'] };
  const container = await Container.start({ ...image, image: nothing });
  await container.ended;
  const time = performance.now() - container.since;
  await container.remove();
  return time;
}

async function stop(container, isReported = true) {
  const since = performance.now();
  await container.stop();
  const code = await container.ended;
  const seconds = (performance.now() - since) / 1000;
  const isGood = code === 0 && seconds < DRAIN_TIMEOUT && container.stderr.includes('"stopped"');
  const title = `SIGTERM ends it with status 0, within its ${DRAIN_TIMEOUT} s to drain`;
  if (isReported || !isGood) check(title, isGood, `${code} after ${seconds} s: ${container.stderr}`);
  await container.remove();
}
