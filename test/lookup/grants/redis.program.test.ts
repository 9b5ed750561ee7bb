/** Against a redis-server that the tests start, stop, kill and freeze. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { redisCode } from '../../../src/lib/redis/code.ts';
import { openRedisRecords, type RedisRecordsOptions } from '../../../src/lookup/grants/redis.ts';
import { Certificates } from '../../program/support/certificates.ts';
import { until } from '../../support/servers/process.ts';
import {
  isRedisMissing,
  type RedisOptions,
  type RedisServer,
  startRedis,
} from '../../support/servers/redis.ts';

const MINUTE = 60_000;

/** A connection that closes with the test, and its log. */
async function openRecords(port: number, options: Partial<RedisRecordsOptions> = {}) {
  const told: string[] = [];
  const records = await openRedisRecords({
    host: '127.0.0.1',
    port,
    database: 0,
    ttl: MINUTE,
    timeout: 2000,
    now: Date.now,
    random: Math.random,
    onLost: (error) => told.push(redisCode(error)),
    onBack: () => told.push('back'),
    ...options,
  });
  onTestFinished(() => records.close());
  return { records, told };
}

async function aRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.close());
  return server;
}

/** Answers reads with LOADING so many times, then with `x`. */
async function aLoadingRedis(times: number) {
  let asked = 0;
  const answerTo = (command: string): string => {
    if (command === 'HELLO') return '%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n';
    if (command !== 'GETEX') return '+OK\r\n';
    return ++asked > times ? '$1\r\nx\r\n' : '-LOADING Redis is loading the dataset in memory\r\n';
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const [, command = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g))
        socket.write(answerTo(command));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, asked: () => asked };
}

describe.skipIf(isRedisMissing)('records in Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.close());

  it('are written, read and removed', async () => {
    const { records, told } = await openRecords(redis.port);
    expect(await records.read('k')).toBeUndefined();
    await records.write('k', 'one');
    await records.write('k', 'two \u{1F600}\n\0');
    expect(await records.read('k')).toBe('two \u{1F600}\n\0');
    await records.remove('k');
    await records.remove('k');
    expect(await records.read('k')).toBeUndefined();
    expect(records.isConnected).toBe(true);
    expect(told).toEqual([]);
  });

  it('have a time to live that reading renews', async () => {
    const { records } = await openRecords(redis.port, { ttl: MINUTE });
    await records.write('ttl', 'x');
    expect(Number(await redis.cli('PTTL', 'ttl'))).toBeGreaterThan(MINUTE / 2);
    await redis.cli('PEXPIRE', 'ttl', String(MINUTE / 2));
    expect(await records.read('ttl')).toBe('x');
    expect(Number(await redis.cli('PTTL', 'ttl'))).toBeGreaterThan(MINUTE / 2);
  });

  it('are in the database that was named', async () => {
    const { records } = await openRecords(redis.port, { database: 3 });
    await records.write('where', 'x');
    expect(await redis.cli('-n', '3', 'GET', 'where')).toBe('x');
    expect(await redis.cli('GET', 'where')).toBe('');
  });

  it('are read by another instance at once', async () => {
    const [one, other] = [await openRecords(redis.port), await openRecords(redis.port)];
    await one.records.write('shared', 'x');
    expect(await other.records.read('shared')).toBe('x');
  });

  it('fail with a word of Redis and without the command', async () => {
    const { records } = await openRecords(redis.port);
    await redis.cli('LPUSH', 'list', 'secret');
    await expect(records.read('list')).rejects.toMatchObject({
      code: 'lookup_failed',
      message: `Redis at 127.0.0.1:${redis.port} rejected the command (WRONGTYPE)`,
    });
  });
});

describe.skipIf(isRedisMissing)('a Redis that fails', () => {
  it('is used again after a restart, with its data', async () => {
    const redis = await aRedis();
    const { records, told } = await openRecords(redis.port, { timeout: 300 });
    await records.write('k', 'x');
    await redis.kill();
    await expect(records.read('k')).rejects.toMatchObject({ code: expect.stringMatching(/^lookup_/) });
    expect(records.isConnected).toBe(false);
    await redis.start();
    expect(await until('an answer', () => records.read('k').catch(() => undefined))).toBe('x');
    // Lost once, or again while starting; each loss and each recovery is logged once.
    expect(told.map((word) => word === 'back')).toEqual(told.map((_, i) => i % 2 === 1));
    expect(told.at(-1)).toBe('back');
  });

  it('that is restarted quickly costs a wait and no failure', async () => {
    const redis = await aRedis();
    const { records, told } = await openRecords(redis.port, { timeout: 30_000 });
    await records.write('k', 'x');
    await redis.kill();
    await until('the loss to be noticed', () => told.length > 0);
    const read = records.read('k');
    await redis.start();
    expect(await read).toBe('x');
  });

  it('that still loads its data costs a wait and no failure', async () => {
    const { port, asked } = await aLoadingRedis(3);
    const { records, told } = await openRecords(port);
    expect(await records.read('k')).toBe('x');
    expect([asked(), told]).toStrictEqual([4, []]);
  });

  it('that loads its data for too long is a timeout', async () => {
    const { port } = await aLoadingRedis(Number.POSITIVE_INFINITY);
    const { records } = await openRecords(port, { timeout: 300 });
    await expect(records.read('k')).rejects.toMatchObject({ code: 'lookup_timeout' });
  });

  it('is not there at the start, and fails everyone until it is', async () => {
    const port = await freePort();
    const { records, told } = await openRecords(port, { timeout: 50 });
    const failures = new Set<string>();
    for (let i = 0; i < 8; i++) await records.write('k', 'x').catch(({ message }) => failures.add(message));
    // After some waits, nobody waits any more.
    expect([...failures]).toEqual([
      `no answer from Redis at 127.0.0.1:${port} in time`,
      'the service failed repeatedly and is not called for a while',
    ]);
    expect(told).toEqual(['ECONNREFUSED']);
  });

  it('takes bytes and does not answer: calls end in time, and it is used again when it does', async () => {
    const redis = await aRedis();
    const { records } = await openRecords(redis.port, { timeout: 200 });
    await records.write('k', 'x');
    await redis.freeze();
    for (let i = 0; i < 6; i++) {
      await expect(records.read('k')).rejects.toMatchObject({ code: expect.stringMatching(/^lookup_/) });
    }
    redis.thaw();
    expect(await until('an answer', () => records.read('k').catch(() => undefined))).toBe('x');
    // The silent connection was given up for another.
    expect(
      Number(/^total_connections_received:(\d+)/m.exec(await redis.cli('INFO', 'stats'))?.[1]),
    ).toBeGreaterThan(1);
  });

  it('has become a replica: another connection is made, since its name may lead elsewhere', async () => {
    const redis = await aRedis();
    const { records } = await openRecords(redis.port);
    await records.write('k', 'x');
    const idOf = async () => /\bid=(\d+)[^\n]*cmd=set/.exec(await redis.cli('CLIENT', 'LIST'))?.[1];
    const before = await idOf();
    expect(before).toBeDefined();
    await redis.cli('REPLICAOF', '127.0.0.1', '1');
    await expect(records.write('k', 'y')).rejects.toMatchObject({
      message: expect.stringContaining('(READONLY)'),
    });
    await until(
      'the old connection to be gone',
      async () => !(await redis.cli('CLIENT', 'LIST')).includes(`id=${before} `),
    );
    await redis.cli('REPLICAOF', 'NO', 'ONE');
    await until('a write', () =>
      records.write('k', 'z').then(
        () => true,
        () => false,
      ),
    );
    expect(await records.read('k')).toBe('z');
  });

  it('is full: the login that it cannot keep fails', async () => {
    const redis = await aRedis({ args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] });
    const { records } = await openRecords(redis.port);
    await expect(records.write('k', 'x')).rejects.toMatchObject({
      message: expect.stringContaining('(OOM)'),
    });
  });
});

describe.skipIf(isRedisMissing)('a Redis that asks who is there', () => {
  const password = "p'4$s w%40rd:/";

  it('lets the one with the password in', async () => {
    const redis = await aRedis({ password });
    const { records } = await openRecords(redis.port, { password });
    await records.write('k', 'x');
    expect(await records.read('k')).toBe('x');
  });

  it('lets a user in', async () => {
    const redis = await aRedis();
    // What docs/policies.md says is enough.
    const rights = ['~p:*', '+getex', '+set', '+del', '+ping'];
    await redis.cli('ACL', 'SETUSER', 'exhook', 'on', '>secret', ...rights);
    const { records } = await openRecords(redis.port, { username: 'exhook', password: 'secret' });
    await records.write('p:k', 'x');
    expect(await records.read('p:k')).toBe('x');
    await expect(records.read('other')).rejects.toMatchObject({
      message: expect.stringContaining('(NOPERM)'),
    });
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'WRONGPASS'],
    ['no password', {}, 'NOAUTH'],
  ])('refuses %s, and the log says so without it', async (_, options, code) => {
    const redis = await aRedis({ password });
    const { records, told } = await openRecords(redis.port, { ...options, timeout: 300 });
    await expect(records.read('k')).rejects.toThrow(/^(no answer from|Redis at)/);
    if (code === 'WRONGPASS') expect(told).toEqual([code]);
    else await expect(records.read('k')).rejects.toMatchObject({ message: expect.stringContaining(code) });
  });
});

describe.skipIf(isRedisMissing)('a Redis behind TLS', () => {
  function certificates(): Certificates {
    const directory = mkdtempSync(join(tmpdir(), 'exhook-redis-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const made = new Certificates(directory);
    made.authority('ca');
    made.authority('other');
    made.sign('ca', 'server');
    made.sign('ca', 'client');
    return made;
  }

  const filesOf = (made: Certificates) => ({
    ca: made.path('ca.pem'),
    cert: made.path('server.pem'),
    key: made.path('server.key'),
  });
  const text = (made: Certificates, name: string) => made.read(name).toString();

  it('is believed when the authority is the one that was named', async () => {
    const made = certificates();
    const redis = await aRedis({ tls: filesOf(made) });
    const { records } = await openRecords(redis.port, { tls: { ca: text(made, 'ca.pem') } });
    await records.write('k', 'x');
    expect(await records.read('k')).toBe('x');
  });

  it.each([
    ['another authority', 'other.pem'],
    ['no authority of its own', undefined],
  ])('is not believed with %s', async (_, ca) => {
    const made = certificates();
    const redis = await aRedis({ tls: filesOf(made) });
    const tls = ca === undefined ? {} : { ca: text(made, ca) };
    const { records, told } = await openRecords(redis.port, { tls, timeout: 500 });
    await expect(records.read('k')).rejects.toMatchObject({ code: 'lookup_timeout' });
    expect(told).toEqual([expect.stringMatching(/CERT|SIGNATURE|ISSUER/)]);
  });

  it('is shown the certificate that it demands', async () => {
    const made = certificates();
    const redis = await aRedis({ tls: { ...filesOf(made), demandsCert: true } });
    const tls = { ca: text(made, 'ca.pem'), cert: text(made, 'client.pem'), key: text(made, 'client.key') };
    const { records } = await openRecords(redis.port, { tls });
    await records.write('k', 'x');
    expect(await records.read('k')).toBe('x');
  });
});
