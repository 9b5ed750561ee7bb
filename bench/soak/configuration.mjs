/** The configuration of the soak test: every part is on. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET = randomBytes(32).toString('hex');
export const ADMIN_TOKEN = randomBytes(16).toString('hex');
export const PASSWORD = 'soak-password';
/** bcrypt of PASSWORD, from `exhook hash bcrypt --cost 5`: cheap, because logins are only a part of the load. */
const HASH = '$2b$05$tGaqslxGKqGvqIi9yuPUW.ZJzCTFNgoQtEkFr4eSsOQrHZdTHOLim';

export const SUBJECT = 'history';
export const REDIS_STREAM = 'presence';
export const clientIdOf = (client) => `device-${String(client).padStart(4, '0')}`;
/** Every other client has a token with its own grants; the rest are in the users file. */
export const hasToken = (client) => client % 2 === 1;

/** @param {number} client @returns {string} a JWT valid for a day that grants the client its own topics */
export function tokenOf(client) {
  const sub = clientIdOf(client);
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  const claims = { sub, exp, acl: { all: [`devices/${sub}/#`] } };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/**
 * @param {string} directory
 * @param {{ port: number, adminPort: number, natsPort: number, redisPort: number, workers: number, clients: number, maxAge: string }} options
 */
export function writeConfiguration(directory, options) {
  const path = join(directory, 'exhook.json');
  const users = Array.from({ length: options.clients }, (_, i) => i)
    .filter((i) => !hasToken(i))
    .map((i) => ({ username: clientIdOf(i), clientid: clientIdOf(i), hash: HASH, tags: ['device'] }));
  mkdirSync(join(directory, 'spool'));
  writeFileSync(join(directory, 'users.json'), JSON.stringify(users));
  /** @param {number} revision a change that takes effect at once and is visible in replies */
  const write = (revision) => {
    // Rename, like a careful editor: nobody reads half a file.
    writeFileSync(`${path}.new`, JSON.stringify(configure(options, revision), null, 2));
    renameSync(`${path}.new`, path);
  };
  write(0);
  return { path, write };
}

function configure({ port, adminPort, natsPort, redisPort, workers, maxAge }, revision) {
  return {
    listen: { host: '127.0.0.1', port },
    workers,
    log: { level: 'info', format: 'json' },
    admin: { port: adminPort, token: ADMIN_TOKEN },
    connections: { maxAge },
    ...policies(redisPort, revision),
    spool: { path: './spool' },
    sinks: {
      history: {
        nats: { servers: [`nats://127.0.0.1:${natsPort}`], subject: `${SUBJECT}.\${clientid}` },
        queue: { retry: { min: '20ms', max: '500ms' } },
        require: true,
      },
      presence: {
        redis: { url: `redis://127.0.0.1:${redisPort}`, stream: REDIS_STREAM, dedupe: { ttl: '5m' } },
      },
    },
    events: {
      stdout: 'off',
      routes: [
        {
          hooks: ['message.publish'],
          to: 'history',
          delivery: 'before-reply',
          onFailure: 'error',
        },
        {
          hooks: ['message.delivered', 'client.connected', 'client.disconnected'],
          to: 'presence',
          overflow: 'spool',
        },
      ],
    },
  };
}

function policies(redisPort, revision) {
  return {
    authenticate: {
      methods: [
        { jwt: { secret: SECRET, algorithms: ['HS256'], claims: { sub: '${clientid}' } } },
        { users: { file: './users.json' } },
      ],
      cache: { ttl: '10s', negativeTtl: '2s' },
      limiter: {
        perClientId: { burst: 100, refill: '100ms' },
        perAddress: { burst: 100, refill: '100ms' },
        action: 'refuse',
      },
    },
    authorize: {
      rules: [
        {
          name: 'own topics',
          allow: 'all',
          who: { tag: 'device' },
          topics: 'devices/${clientid}/#',
          when: 'size(topic) < 200',
        },
        { name: `nobody ${revision}`, deny: 'all', topics: 'nobody/#' },
      ],
      grants: { redis: { url: `redis://127.0.0.1:${redisPort}/1` } },
    },
    publish: {
      rules: [
        {
          name: 'readings',
          topics: 'devices/+/telemetry',
          when: 'size > 10',
          decode: 'json',
          require: { schema: { type: 'object', required: ['sequence', 'celsius'] } },
          set: { payload: { by: '${clientid}', revision } },
          encode: 'json',
        },
      ],
    },
    decisions: { log: 'denied', sample: 0.01 },
  };
}
