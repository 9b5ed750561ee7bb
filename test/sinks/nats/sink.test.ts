import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Delivery, makeDelivery, type Sink } from '../../../src/sink-contract.ts';
import { Nats } from '../../../src/sinks/nats/declaration.ts';
import { openNats } from '../../../src/sinks/nats/open.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { isNatsMissing, type NatsServer, startNats } from '../../support/servers/nats.ts';
import { until } from '../../support/servers/process.ts';
import { startProxy } from '../../support/servers/proxy.ts';
import { forever, optionsOf, sinkWorld } from '../options.ts';
import { readStream } from './read-stream.ts';

const sinks: Sink[] = [];
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

async function openAt(port: number, options: object = {}): Promise<Sink> {
  const written = { servers: [`nats://127.0.0.1:${port}`], timeout: '2s', ...options };
  const sink = await openNats(optionsOf(Nats, written), sinkWorld());
  sinks.push(sink);
  return sink;
}

async function write(sink: Sink, batch: readonly Delivery[], signal = forever) {
  return (await sink.write(batch, signal)) ?? undefined;
}

const many = (count: number, wanted: object = {}) =>
  Array.from({ length: count }, () => makeDelivery(wanted));

async function manage<T>(
  port: number,
  work: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>,
) {
  const connection = await connect({ servers: `127.0.0.1:${port}` });
  try {
    return await work(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}

describe.skipIf(isNatsMissing)('nats', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server?.close());

  let streams = 0;
  /** A new stream for each test, with all subjects that begin with its name. */
  const nextStream = (further: object = {}) => {
    const name = `S${streams++}`;
    return { name, create: true, subjects: [name, `${name}.>`], ...further };
  };
  const read = (stream: string) => readStream({ servers: `127.0.0.1:${server.port}` }, stream);
  const open = (options: object = {}) => openAt(server.port, options);

  it('makes the stream as it is configured, and leaves one that is there as it is', async () => {
    const stream = nextStream({ storage: 'memory', maxAge: '1h', maxBytes: '1MiB', duplicateWindow: '2h' });
    await write(await open({ stream, subject: stream.name }), many(1));
    const configOf = () =>
      manage(server.port, async (manager) => (await manager.streams.info(stream.name)).config);
    const expected = {
      storage: 'memory',
      max_age: 3600e9,
      max_bytes: 1024 ** 2,
      duplicate_window: 3600e9,
      num_replicas: 1,
    };
    expect(await configOf()).toMatchObject(expected);
    await write(await open({ stream: { ...stream, maxAge: '3h' }, subject: stream.name }), many(1));
    expect(await configOf()).toMatchObject(expected);
  });

  it('sends each format with its own headers', async () => {
    const stream = nextStream();
    const sink = await open({ stream, subject: stream.name });
    await write(
      sink,
      (['structured', 'binary', 'raw'] as const).map((format) => makeDelivery({ format })),
    );
    const received = await read(stream.name);
    expect(received.map(({ contentType }) => contentType)).toEqual([
      'application/cloudevents+json',
      'application/octet-stream',
      undefined,
    ]);
    expect(received.map(({ attributes }) => attributes?.type)).toEqual([
      undefined,
      'com.example.message.publish',
      undefined,
    ]);
  });

  it('makes subjects of topics', async () => {
    const stream = nextStream();
    const sink = await open({ stream, subject: stream.name });
    await write(sink, [makeDelivery({ target: `${stream.name}.sensors/1/a b` })]);
    expect((await read(stream.name))[0]?.target).toBe(`${stream.name}.sensors.1.a%20b`);
  });

  it.each([true, false])('never sends to a subject of the server itself (stream: %s)', async (hasStream) => {
    const stream = nextStream();
    const sink = await open({ subject: stream.name, stream: hasStream ? stream : undefined });
    if (!hasStream) await write(await open({ stream, subject: stream.name }), []);
    if (!hasStream) await write(await open({ stream, subject: stream.name }), many(1));
    const targets = [
      `$JS.API.STREAM.DELETE.${stream.name}`,
      `$JS/API/STREAM/PURGE/${stream.name}`,
      '_INBOX.x.y',
    ];
    const receipt = await write(
      sink,
      targets.map((target) => makeDelivery({ target, format: 'raw', body: new Uint8Array() })),
    );
    expect(receipt?.rejected?.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(await read(stream.name)).toHaveLength(hasStream ? 0 : 1);
  });

  it('sends to a subject that the stream takes since an administrator has changed it', async () => {
    const stream = { ...nextStream(), subjects: ['grown.a'] };
    const sink = await open({ stream, subject: 'grown.a' });
    const other = makeDelivery({ target: 'grown.b' });
    expect((await write(sink, [makeDelivery(), other]))?.rejected).toMatchObject([{ index: 1 }]);
    await manage(server.port, (manager) => manager.streams.update(stream.name, { subjects: ['grown.*'] }));
    const real = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => real() + 60_000);
    try {
      expect(await write(sink, [other])).toBeUndefined();
    } finally {
      later.mockRestore();
    }
  });

  it('rejects an event whose subject no stream takes, when no stream is configured', async () => {
    const stream = nextStream();
    await write(await open({ stream, subject: stream.name }), many(1));
    const sink = await open({ subject: stream.name });
    const receipt = await write(sink, [
      makeDelivery(),
      makeDelivery({ target: 'nobody.listens' }),
      makeDelivery(),
    ]);
    expect(receipt?.rejected).toMatchObject([
      { index: 1, reason: expect.stringContaining('no stream takes the subject') },
    ]);
    expect(receipt?.unconfirmed).toBeUndefined();
  });

  it('confirms nothing that another stream has taken', async () => {
    const [a, b] = [nextStream(), nextStream()];
    await write(await open({ stream: a, subject: a.name }), many(1));
    const sink = await open({ stream: b, subject: a.name });
    await expect(write(sink, many(1))).rejects.toThrow(
      /another stream takes the subject: see stream and subject/,
    );
    expect(await read(a.name)).toHaveLength(1);
  });

  it('rejects an event larger than the stream accepts', async () => {
    const stream = nextStream();
    await manage(server.port, (manager) =>
      manager.streams.add({ name: stream.name, subjects: stream.subjects, max_msg_size: 1000 }),
    );
    const sink = await open({ stream, subject: stream.name });
    const large = makeDelivery({ format: 'raw', body: new Uint8Array(2000) });
    const receipt = await write(sink, [makeDelivery(), large, makeDelivery()]);
    expect(receipt).toEqual({
      rejected: [{ index: 1, reason: 'it is larger than max_msg_size of the stream' }],
    });
  });

  it('rejects a subject that would end the connection', async () => {
    const stream = nextStream();
    const sink = await open({ stream, subject: stream.name });
    const receipt = await write(sink, [
      makeDelivery({ target: `${stream.name}.${'x'.repeat(5000)}` }),
      makeDelivery(),
    ]);
    expect(receipt).toEqual({ rejected: [{ index: 0, reason: 'its subject is longer than 3000 bytes' }] });
  });

  it('tries again while the stream is full, and rejects nothing', async () => {
    const stream = nextStream();
    await manage(server.port, (manager) =>
      manager.streams.add({
        name: stream.name,
        subjects: stream.subjects,
        max_msgs: 2,
        discard: 'new' as never,
      }),
    );
    const sink = await open({ stream, subject: stream.name });
    const receipt = await write(sink, many(4));
    expect(receipt).toEqual({ rejected: [], unconfirmed: [2, 3] });
  });

  it.each([true, false])(
    'stores an event once whose confirmation was lost (pipeline: %s)',
    async (pipeline) => {
      const proxy = await startProxy(() => server.port);
      try {
        const stream = nextStream();
        const sink = await openAt(proxy.port, { stream, subject: stream.name, pipeline });
        await write(sink, many(1));
        const batch = many(5);
        proxy.cutNextAnswer();
        const first = await write(sink, batch).catch((error: Error) => error);
        expect(first).toBeDefined();
        await until('the sink to write again', () =>
          write(sink, batch).then(
            (receipt) => receipt === undefined,
            () => false,
          ),
        );
        expect((await read(stream.name)).map(({ id }) => id).slice(1)).toEqual(batch.map(({ id }) => id));
      } finally {
        await proxy.close();
      }
    },
  );

  it.each([true, false])(
    'keeps the order of a client when an event in the midst of it is refused for now (pipeline: %s)',
    async (pipeline) => {
      const stream = nextStream();
      await manage(server.port, (manager) =>
        manager.streams.add({
          name: stream.name,
          subjects: stream.subjects,
          max_bytes: 3000,
          discard: 'new' as never,
        }),
      );
      const sink = await open({ stream, subject: stream.name, pipeline });
      const [small, large] = [Buffer.alloc(10), Buffer.alloc(4000)];
      const batch = [small, large, small].map((body) => makeDelivery({ format: 'raw', body, key: 'one' }));
      const receipt = await write(sink, batch);
      expect(receipt).toEqual({ rejected: [], unconfirmed: [1, 2] });
      // Only events sent at once may have arrived before their turn.
      expect(await read(stream.name)).toHaveLength(pipeline ? 2 : 1);
    },
  );

  it('gives up on a server that does not answer, and continues when it does', async () => {
    const stream = nextStream();
    const sink = await open({ stream, subject: stream.name, timeout: '1s' });
    await write(sink, many(1));
    await server.freeze();
    try {
      await expect(write(sink, many(3))).rejects.toThrow(/NATS at 127\.0\.0\.1:\d+: /);
      await expect(write(sink, many(1))).rejects.toThrow(/NATS at/);
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

  it('gives up when nobody waits any more', async () => {
    const stream = nextStream();
    const sink = await open({ stream, subject: stream.name, timeout: '30s' });
    await write(sink, many(1));
    await server.freeze();
    try {
      const abort = new AbortController();
      const writing = write(sink, many(1), abort.signal);
      setTimeout(() => abort.abort(), 20);
      await expect(writing).rejects.toThrow();
    } finally {
      server.thaw();
    }
    await write(sink, many(1));
  });

  it('can be reached where routes name all subjects, and the stream takes those only', async () => {
    const stream = nextStream();
    await expect((await open({ stream })).check?.()).resolves.toBeUndefined();
    await expect((await open({ stream, subject: 'other' })).check?.()).rejects.toThrow(/does not take/);
  });

  it('connects to whichever server of a cluster is there', async () => {
    const stream = nextStream();
    const servers = ['nats://127.0.0.1:1', `nats://127.0.0.1:${server.port}`];
    expect(await write(await open({ servers, stream, subject: stream.name }), many(2))).toBeUndefined();
  });
});

describe.skipIf(isNatsMissing)('nats with a failing server', () => {
  it('says that JetStream is not there', async () => {
    const server = await startNats({ hasJetStream: false });
    try {
      for (const stream of [undefined, { name: 'S', create: true }]) {
        const sink = await openAt(server.port, { stream });
        await expect(sink.check?.()).rejects.toThrow(/JetStream/);
        await expect(write(sink, many(2))).rejects.toThrow(/JetStream/);
      }
    } finally {
      await server.close();
    }
  });

  it('rejects an event whose own subject the user may not send to, and delivers the others', async () => {
    const permissions = 'permissions { publish: ["$JS.API.>", "ok.>"], subscribe: ["_INBOX.>"] }';
    const server = await startNats({
      config: `authorization { users: [{ user: u, password: p, ${permissions} }] }`,
    });
    try {
      const login = { user: 'u', password: 'p' };
      const stream = { name: 'S', create: true, subjects: ['ok.>', 'no.>'] };
      const sink = await openAt(server.port, { ...login, stream, subject: 'ok.a' });
      const receipt = await write(sink, [
        makeDelivery(),
        makeDelivery({ target: 'no.a', key: 'b' }),
        makeDelivery(),
      ]);
      expect(receipt?.rejected).toMatchObject([
        { index: 1, reason: expect.stringContaining('may not send to this subject') },
      ]);
      expect(receipt?.unconfirmed).toBeUndefined();
      const own = await openAt(server.port, { ...login, stream, subject: 'no.a' });
      await expect(write(own, many(1))).rejects.toThrow(/the user may not send to this subject/);
    } finally {
      await server.close();
    }
  });

  it('logs in with a token, and says when it is the wrong one without telling it', async () => {
    const server = await startNats({ config: 'authorization { token: "right-token" }' });
    try {
      const stream = { name: 'S', create: true };
      expect(
        await write(await openAt(server.port, { token: 'right-token', stream }), many(1)),
      ).toBeUndefined();
      const error = await write(await openAt(server.port, { token: 'wrong-token', stream }), many(1)).catch(
        (error) => error,
      );
      expect(String(error)).toMatch(/it does not know this user/);
      expect(String(error)).not.toContain('wrong-token');
    } finally {
      await server.close();
    }
  });

  it('logs in with an NKey', async () => {
    const { nkeys } = await import('@nats-io/transport-node');
    const pair = nkeys.createUser();
    const seed = new TextDecoder().decode(pair.getSeed());
    const server = await startNats({ config: `authorization { users: [{ nkey: ${pair.getPublicKey()} }] }` });
    try {
      const stream = { name: 'S', create: true };
      expect(await write(await openAt(server.port, { nkey: seed, stream }), many(1))).toBeUndefined();
    } finally {
      await server.close();
    }
  });

  it('says that a seed or credentials are none, without telling them', async () => {
    const said = (options: object) => openAt(1, options).catch((error: Error) => error.message);
    expect(await said({ nkey: 'SUnonsense' })).toBe('nkey is not the seed of an NKey');
    expect(await said({ credentials: 'nonsense' })).toMatch(/^credentials are invalid/);
  });
});

describe.skipIf(isNatsMissing)('nats with TLS', () => {
  let certificates: Certificates;
  let server: NatsServer;
  beforeAll(async () => {
    certificates = await makeCertificates();
    server = await startNats({ tls: { ...certificates.server, demandsCert: true } });
  });
  afterAll(async () => {
    await server?.close();
    await certificates?.remove();
  });

  const open = (tls: object | boolean | undefined, options: object = {}) =>
    openAt(server.port, { tls, stream: { name: 'S', create: true }, ...options });

  it('presents a certificate and verifies the certificate of the server', async () => {
    const { ca, client } = certificates;
    expect(await write(await open({ ca, ...client }), many(3))).toBeUndefined();
    const servers = [`tls://127.0.0.1:${server.port}`];
    expect(await write(await open({ ca, ...client }, { servers }), many(3))).toBeUndefined();
  });

  it('sends nothing to a server that nobody vouches for, or that has another name', async () => {
    const { client, otherCa, ca } = certificates;
    await expect(write(await open({ ca: otherCa, ...client }), many(1))).rejects.toThrow(
      /NATS at .*: [A-Z_]+$/,
    );
    const elsewhere = await open({ ca, ...client, serverName: 'elsewhere.example' });
    await expect(write(elsewhere, many(1))).rejects.toThrow(/ERR_TLS_CERT_ALTNAME_INVALID/);
  });

  it('sends nothing in the clear when TLS is configured', async () => {
    const plain = await startNats();
    try {
      const { ca } = certificates;
      const sink = await openAt(plain.port, { tls: { ca }, stream: { name: 'S', create: true } });
      await expect(write(sink, many(1))).rejects.toThrow(/NATS at/);
    } finally {
      await plain.close();
    }
  });
});
