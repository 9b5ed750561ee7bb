import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Delivery, makeDelivery, type Sink } from '../../../src/sink-contract.ts';
import { Redis } from '../../../src/sinks/redis/declaration.ts';
import { seenKey } from '../../../src/sinks/redis/encode.ts';
import { openRedis } from '../../../src/sinks/redis/open.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { until } from '../../support/servers/process.ts';
import { isRedisMissing, type RedisServer, startRedis } from '../../support/servers/redis.ts';
import { readSource } from '../../support/source.ts';
import { forever, optionsOf, sinkWorld } from '../options.ts';
import { readStreams } from './read-stream.ts';

const sinks: Sink[] = [];
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

async function openAt(url: string, options: object = {}): Promise<Sink> {
  const sink = await openRedis(optionsOf(Redis, { url, timeout: '2s', ...options }), sinkWorld());
  sinks.push(sink);
  return sink;
}

async function write(sink: Sink, batch: readonly Delivery[], signal = forever) {
  return (await sink.write(batch, signal)) ?? undefined;
}

const many = (count: number, wanted: object = {}) =>
  Array.from({ length: count }, () => makeDelivery(wanted));

describe.skipIf(isRedisMissing)('redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.close());

  const open = (options: object = {}) => openAt(`redis://127.0.0.1:${server.port}`, options);
  const entriesOf = async (stream: string) =>
    (await readStreams({ port: server.port })).filter((entry) => entry.stream === stream);

  it('writes fields as they are documented', async () => {
    const sink = await open({ stream: 'fields' });
    const structured = makeDelivery({ key: 'k' });
    const binary = makeDelivery({ key: 'k', format: 'binary', contentType: 'text/plain' });
    const raw = makeDelivery({ key: 'k', format: 'raw' });
    await write(sink, [structured, binary, raw]);
    const names = (await entriesOf('fields')).map(({ fields }) => [...fields.keys()]);
    const context = ['specversion', 'id', 'source', 'type', 'subject', 'time'].map((name) => `ce-${name}`);
    expect(names).toEqual([
      ['id', 'key', 'content-type', 'data'],
      ['id', 'key', 'content-type', ...context, 'data'],
      ['id', 'key', 'data'],
    ]);
  });

  it('writes to the database of the URL', async () => {
    await write(await openAt(`redis://127.0.0.1:${server.port}/3`, { stream: 'third' }), many(1));
    expect(await server.cli('-n', '3', 'XLEN', 'third')).toBe('1');
    expect(await entriesOf('third')).toEqual([]);
  });

  it('keeps about as many entries as it may', async () => {
    const sink = await open({ stream: 'short', maxLength: 100 });
    for (let i = 0; i < 10; i++) await write(sink, many(100));
    expect(Number(await server.cli('XLEN', 'short'))).toBeLessThan(300);
  });

  it('writes an id once for as long as it is remembered', async () => {
    const sink = await open({ stream: 'once', dedupe: { ttl: '1h' } });
    const batch = many(3);
    await write(sink, batch);
    await write(sink, [...batch, makeDelivery()]);
    expect(await entriesOf('once')).toHaveLength(4);
    const ttl = Number(await server.cli('PTTL', seenKey('once', batch[0]?.id ?? '')));
    expect(ttl).toBeGreaterThan(3_000_000);
  });

  it('does not remember an event that could not be written', async () => {
    const delivery = makeDelivery();
    await server.cli('SET', 'taken', 'x');
    const sink = await open({ stream: 'taken', dedupe: {} });
    await expect(write(sink, [delivery])).rejects.toThrow(/WRONGTYPE/);
    await server.cli('DEL', 'taken');
    await write(sink, [delivery]);
    expect(await entriesOf('taken')).toHaveLength(1);
  });

  it('does not remember an event that a missing stream could not take', async () => {
    const delivery = makeDelivery();
    const sink = await open({ stream: 'later', create: false, dedupe: {} });
    await expect(write(sink, [delivery])).rejects.toThrow(
      /there is no such stream: create it, or see create/,
    );
    await server.cli('XADD', 'later', '*', 'a', 'b');
    await write(sink, [delivery]);
    expect(await entriesOf('later')).toHaveLength(2);
  });

  it('rejects an event whose own stream cannot be written, and delivers the others', async () => {
    await server.cli('SET', 'text', 'x');
    const sink = await open({ stream: 'mixed' });
    const batch = [makeDelivery(), makeDelivery({ target: 'text' }), makeDelivery({ target: 'mixed' })];
    const receipt = await write(sink, batch);
    expect(receipt?.rejected).toMatchObject([{ index: 1, reason: expect.stringContaining('WRONGTYPE') }]);
    expect(receipt?.unconfirmed).toBeUndefined();
    expect(await entriesOf('mixed')).toHaveLength(2);
  });

  it('confirms events with their own stream while the stream of the sink is missing', async () => {
    await server.cli('XADD', 'own', '*', 'a', 'b');
    const sink = await open({ stream: 'missing', create: false });
    const receipt = await write(sink, [makeDelivery(), makeDelivery({ target: 'own' })]);
    expect(receipt).toEqual({ rejected: [], unconfirmed: [0] });
  });

  it('confirms nothing while too few replicas have it', async () => {
    const sink = await open({ stream: 'replicated', replicas: 1, timeout: '2s' });
    await expect(write(sink, many(1))).rejects.toThrow(/0 of 1 replicas have confirmed \(replicas\)/);
  });

  it('gives up on a server that does not answer, and continues when it does', async () => {
    const sink = await open({ stream: 'frozen', timeout: '1s' });
    await write(sink, many(1));
    await server.freeze();
    try {
      await expect(write(sink, many(1))).rejects.toThrow(/Redis at 127\.0\.0\.1:\d+ did not answer in time/);
      await expect(write(sink, many(1))).rejects.toThrow(/Redis at/);
    } finally {
      server.thaw();
    }
    await until('the sink to write again', () =>
      write(sink, many(1)).then(
        () => true,
        () => false,
      ),
    );
  });

  it('leaves nothing open when nobody waits any more', async () => {
    const sink = await open({ stream: 'aborted', timeout: '30s' });
    await write(sink, many(1));
    await server.freeze();
    const abort = new AbortController();
    const writing = write(sink, many(1), abort.signal);
    abort.abort();
    await expect(writing).rejects.toThrow();
    server.thaw();
    await write(sink, many(1));
  });
});

describe.skipIf(isRedisMissing)('redis with a failing server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    await server.cli(
      'ACL',
      'SETUSER',
      'writer',
      'on',
      '>secret-word',
      '~allowed*',
      '+@connection',
      '+@transaction',
      '+xadd',
      '+type',
    );
  });
  afterAll(() => server?.close());

  const open = (options: object = {}) => openAt(`redis://127.0.0.1:${server.port}`, options);
  const login = { username: 'writer', password: 'secret-word' };

  it('rejects an event whose own stream the user may not write, and delivers its neighbours', async () => {
    const sink = await open({ ...login, stream: 'allowed' });
    const batch = many(10).map((delivery, i) =>
      i % 4 === 2 ? { ...delivery, target: 'forbidden' } : delivery,
    );
    const receipt = await write(sink, batch);
    expect(receipt?.rejected?.map(({ index }) => index)).toEqual([2, 6]);
    expect(receipt?.rejected?.[0]?.reason).toMatch(/NOPERM, the user may not do this/);
    expect(receipt?.unconfirmed).toBeUndefined();
    expect(await server.cli('XLEN', 'allowed')).toBe('8');
  });

  it('needs only the permissions listed in docs/sinks.md', async () => {
    const rights = '~mqtt:* ~{mqtt:*}:seen:* +xadd +multi +exec +ping +type';
    expect(readSource('docs/sinks.md')).toContain(rights);
    await server.cli(
      'ACL',
      'SETUSER',
      'documented',
      'on',
      '>p',
      ...rights.split(' '),
      '+eval',
      '+set',
      '+del',
      '+wait',
    );
    const options = { username: 'documented', password: 'p', dedupe: {} };
    const sink = await open(options);
    await sink.check?.();
    expect(await write(sink, many(3))).toBeUndefined();
    await expect(write(await open({ ...options, replicas: 1, timeout: '2s' }), many(1))).rejects.toThrow(
      /replicas have confirmed/,
    );
  });

  it('confirms nothing when the user may not write the stream of the sink, and says so without the password', async () => {
    const sink = await open({ ...login, stream: 'forbidden' });
    const error: Error = await write(sink, many(2)).then(
      () => new Error('none'),
      (error) => error,
    );
    expect(error.message).toMatch(/NOPERM/);
    expect(error.message).not.toContain('secret-word');
    await expect(sink.check?.()).rejects.toThrow(/NOPERM/);
  });

  it('confirms nothing when it is full, and continues when there is room', async () => {
    const sink = await open({ stream: 'full' });
    await write(sink, many(1));
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    await expect(write(sink, many(3))).rejects.toThrow(/OOM, it is full \(maxmemory\)/);
    await expect(write(await open({ stream: 'full', dedupe: {} }), many(3))).rejects.toThrow(/OOM/);
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    await write(sink, many(1));
    expect(await server.cli('XLEN', 'full')).toBe('2');
  });

  it('confirms nothing on a replica', async () => {
    const sink = await open({ stream: 'replica' });
    await write(sink, many(1));
    await server.cli('REPLICAOF', '127.0.0.1', '1');
    await expect(write(sink, many(1))).rejects.toThrow(
      /READONLY, it is a replica, which does not accept writes/,
    );
    await server.cli('REPLICAOF', 'NO', 'ONE');
    await write(sink, many(1));
  });
});

describe.skipIf(isRedisMissing)('redis with TLS', () => {
  let certificates: Certificates;
  let server: RedisServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startRedis({ tls: { ...certificates.server, demandsCert: true } });
  });
  afterAll(async () => {
    await server?.close();
    await certificates?.remove();
  });

  const open = (tls: object) => openAt(`rediss://127.0.0.1:${server.port}`, { tls });

  it('presents a certificate and verifies the certificate of the server', async () => {
    const { ca, client } = certificates;
    const sink = await open({ ca, ...client });
    await sink.check?.();
    expect(await write(sink, many(3))).toBeUndefined();
    expect(await server.cli('XLEN', 'mqtt:events')).toBe('3');
  });

  it('writes nothing to a server that nobody vouches for', async () => {
    const { client, otherCa } = certificates;
    await expect(write(await open({ ca: otherCa, ...client }), many(1))).rejects.toThrow(/CERT/);
  });

  it('says that the server demands a certificate', async () => {
    const { ca } = certificates;
    await expect((await open({ ca })).check?.()).rejects.toThrow(/Redis at 127\.0\.0\.1:\d+/);
  });
});
