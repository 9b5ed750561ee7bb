/** Sinks of every kind whose credentials are refused, or reflected: by real servers, and by ones that mean ill. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBroker } from '../program/support/broker.ts';
import {
  type RunningServer,
  run,
  startServer,
  temporaryDirectory,
  temporaryFile,
} from '../program/support/program.ts';
import { isMosquittoMissing, startMosquitto } from '../support/servers/mosquitto.ts';
import { isNatsMissing, startNats } from '../support/servers/nats.ts';
import { isPostgresMissing } from '../support/servers/postgres.ts';
import { isRabbitmqMissing } from '../support/servers/rabbitmq.ts';
import { isRedisMissing, startRedis } from '../support/servers/redis.ts';
import { sharedPort } from '../support/servers/shared.ts';
import { startHttpEcho, startTcpEcho } from './hostile-service.ts';
import { findLeaks } from './leaks.ts';
import { all, configured, keyText, privateKeyPem } from './secrets.ts';
import { callEverything } from './traffic.ts';

const host = '127.0.0.1';

/** By kind: the options, with a password of each form that the kind knows. */
const options: Readonly<Record<string, (port: number) => object>> = {
  redis: (port) => ({
    url: `redis://${host}:${port}`,
    username: 'u',
    password: configured['wrong password of Redis'],
    timeout: '1s',
  }),
  nats: (port) => ({
    servers: [`nats://${host}:${port}`],
    user: 'u',
    password: { env: 'NATS_PASSWORD' },
    timeout: '1s',
  }),
  postgres: (port) => ({
    host,
    port,
    database: 'postgres',
    user: 'exhook',
    password: { env: 'POSTGRES_PASSWORD' },
    timeout: '2s',
  }),
  rabbitmq: (port) => ({
    host,
    port,
    user: 'exhook',
    password: configured['password of RabbitMQ'],
    timeout: '2s',
  }),
  mqtt: (port) => ({
    host,
    port,
    user: 'exhook',
    password: { file: './mqtt.secret' },
    timeout: '2s',
  }),
  kafka: (port) => ({
    brokers: [`${host}:${port}`],
    sasl: { mechanism: 'plain', user: 'u', password: { env: 'KAFKA_PASSWORD' } },
    timeout: '2s',
  }),
};

const env = {
  NATS_PASSWORD: configured['password of NATS'],
  NATS_TOKEN: configured['token of NATS'],
  POSTGRES_PASSWORD: configured['password of PostgreSQL'],
  KAFKA_PASSWORD: configured['password of Kafka'],
  WEBHOOK_HEADER: configured['header of a webhook'],
};

interface Places {
  readonly [place: string]: string;
}

/** Runs a server with these sinks until each of them has failed. */
async function runWith(sinks: Readonly<Record<string, object>>, more: object = {}): Promise<Places> {
  const directory = temporaryDirectory();
  temporaryFile('mqtt.secret', configured['password of MQTT'], directory);
  const names = Object.keys(sinks);
  const config = {
    log: { level: 'trace' },
    admin: { port: 0 },
    drain: { timeout: '1s' },
    events: { stdout: 'json', routes: [{ hooks: ['*'], to: names }] },
    sinks,
    ...more,
  };
  const path = temporaryFile('exhook.yaml', JSON.stringify(config), directory);
  const server = await startServer(['--config', path], { env });
  await callEverything(aBroker(server.url), { clientid: 'a', username: 'a', password: '' }, 'payload');
  const hasFailed = (name: string) =>
    server.log.some(({ code, sink }) => code === 'sink_failed' && String(sink).includes(name));
  await server.stderr.until('every sink has failed', () => names.every(hasFailed));
  const pages = await readPages(server);
  await server.stop();
  const letters = join(directory, 'dead.jsonl');
  return {
    ...pages,
    'standard output': server.stdout.text,
    'standard error': server.stderr.text,
    'dead letters': existsSync(letters) ? readFileSync(letters, 'utf8') : '',
  };
}

async function readPages(server: RunningServer): Promise<Places> {
  const { message } = await server.logged(/^admin pages are at /);
  const base = message.slice('admin pages are at '.length);
  const pages: Record<string, string> = {};
  for (const path of ['/readyz', '/metrics', '/configz', '/hooksz']) {
    const answer = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(20_000) });
    pages[path] = await answer.text();
  }
  return pages;
}

const retry = { queue: { retry: { min: '50ms', max: '200ms' } }, require: true };
const aSink = (kind: string, port: number): object => ({ [kind]: options[kind]?.(port), ...retry });

interface Real {
  readonly port: number;
  close(): Promise<void>;
}

/** It continues for others. */
const aShared = async (kind: 'postgres' | 'rabbitmq'): Promise<Real> => ({
  port: await sharedPort(kind),
  close: async () => {},
});

/** Servers that expect another password. */
const servers: readonly (readonly [string, boolean, () => Promise<Real>])[] = [
  ['redis', isRedisMissing, () => startRedis({ password: configured['password of Redis'] })],
  ['nats', isNatsMissing, () => startNats({ config: 'authorization { user: u, password: another }' })],
  ['postgres', isPostgresMissing, () => aShared('postgres')],
  ['rabbitmq', isRabbitmqMissing, () => aShared('rabbitmq')],
  ['mqtt', isMosquittoMissing, () => startMosquitto()],
];

describe('a sink whose credentials are refused reveals them to nobody', () => {
  for (const [kind, isMissing, start] of servers) {
    it.skipIf(isMissing)(
      kind,
      async () => {
        const server = await start();
        onTestFinished(() => server.close());
        const places = await runWith({ [kind]: aSink(kind, server.port) });
        expect(findLeaks(all, places)).toEqual([]);
      },
      120_000,
    );
  }
});

describe('a sink whose server echoes its input', () => {
  it.each(Object.keys(options))('keeps it to itself: %s', async (kind) => {
    const { port } = await startTcpEcho();
    const places = await runWith({ [kind]: aSink(kind, port) });
    expect(findLeaks(all, places)).toEqual([]);
  });

  it('keeps it to itself: nats with a token', async () => {
    const { port } = await startTcpEcho();
    const nats = { servers: [`nats://${host}:${port}`], token: { env: 'NATS_TOKEN' }, timeout: '1s' };
    expect(findLeaks(all, await runWith({ nats: { nats, ...retry } }))).toEqual([]);
  });

  it.each([401, 400, 500, 302])('keeps it to itself: http that answers %d', async (status) => {
    const { port } = await startHttpEcho(() => [status, 'application/json']);
    const http = {
      url: `http://${host}:${port}/in?key=${configured['parameter of the service']}`,
      headers: { authorization: { env: 'WEBHOOK_HEADER' }, 'x-key': configured['header of the service'] },
      signature: { secret: configured['key of a webhook'] },
    };
    const deadLetter = { file: './dead.jsonl' };
    const places = await runWith({ http: { http, ...retry, deadLetter } });
    if (status === 400) expect(places['dead letters']).toContain('{');
    expect(findLeaks(all, places)).toEqual([]);
  });
});

describe('a private key', () => {
  it('that does not belong to the certificate of a sink is not told', async () => {
    const directory = temporaryDirectory();
    const key = temporaryFile('client.key', privateKeyPem, directory);
    const cert = temporaryFile(
      'client.pem',
      `-----BEGIN CERTIFICATE-----\n${keyText}\n-----END CERTIFICATE-----\n`,
      directory,
    );
    const { port } = await startTcpEcho();
    const redis = { url: `rediss://${host}:${port}`, timeout: '1s', tls: { cert, key } };
    const path = temporaryFile(
      'exhook.yaml',
      JSON.stringify({ sinks: { redis: { redis } }, events: { routes: [{ hooks: ['*'], to: 'redis' }] } }),
    );
    const { stdout, stderr, code } = await run(['--config', path], { env: { HOST: host, PORT: '0' } });
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
    expect(findLeaks(all, { stdout, stderr })).toEqual([]);
  });
});
