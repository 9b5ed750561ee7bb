/** grpc.health.v1, asked by a client that is not ours, and the state behind it. */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, type ClientReadableStream, credentials, status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HealthCheckRequestSchema, HealthCheckResponseSchema } from '../../gen/grpc/health/v1/health_pb.ts';
import { ServingStatus } from '../../src/protocol/wire/services.ts';
import { Health } from '../../src/transport/health.ts';
import { aFaultServer, type FaultServer } from './fault-support.ts';

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = ServingStatus;

const serialize = (service: string): Buffer =>
  Buffer.from(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service })));
const deserialize = (bytes: Buffer): ServingStatus => fromBinary(HealthCheckResponseSchema, bytes).status;

function aProbe({ port }: FaultServer) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  onTestFinished(() => client.close());
  return {
    check: (service: string) =>
      new Promise<ServingStatus | string>((resolve) => {
        client.makeUnaryRequest(
          '/grpc.health.v1.Health/Check',
          serialize,
          deserialize,
          service,
          (error, reply) => resolve(reply ?? status[error?.code ?? 0] ?? 'none'),
        );
      }),
    watch: (service: string) =>
      new Watch(
        client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', serialize, deserialize, service),
      ),
  };
}

/** The messages of a watch, in order, and its final status. */
class Watch {
  readonly #told: (ServingStatus | string)[] = [];
  readonly #stream: ClientReadableStream<ServingStatus>;
  #wake: () => void = () => {};

  constructor(stream: ClientReadableStream<ServingStatus>) {
    this.#stream = stream;
    stream.on('data', (state) => this.#tell(state));
    stream.on('error', () => {});
    stream.on('status', ({ code }) => this.#tell(status[code] ?? 'none'));
  }

  #tell(what: ServingStatus | string): void {
    this.#told.push(what);
    this.#wake();
  }

  async next(): Promise<ServingStatus | string> {
    for (;;) {
      const first = this.#told.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  cancel(): void {
    this.#stream.cancel();
  }
}

const services = [
  '',
  'emqx.exhook.v1.HookProvider',
  'emqx.exhook.v2.HookProvider',
  'emqx.exhook.v3.HookProvider',
  'grpc.health.v1.Health',
];

describe('Check', () => {
  it.each(services)('of %j says SERVING, and NOT_SERVING once the drain is announced', async (service) => {
    const server = await aFaultServer();
    const probe = aProbe(server);
    expect(await probe.check(service)).toBe(SERVING);
    server.listener.announceDrain();
    expect(await probe.check(service)).toBe(NOT_SERVING);
  });

  it.each(['emqx.exhook.v9.HookProvider', 'toString', 'x'])(
    'of the unknown %j is NOT_FOUND',
    async (service) => {
      expect(await aProbe(await aFaultServer()).check(service)).toBe('NOT_FOUND');
    },
  );

  it('of "liveness" says SERVING also while the server drains, or its sink is down', async () => {
    const server = await aFaultServer();
    const probe = aProbe(server);
    expect(await probe.check('liveness')).toBe(SERVING);
    server.listener.health.obstacle = 'a sink is down';
    expect([await probe.check('liveness'), await probe.check('')]).toEqual([SERVING, NOT_SERVING]);
    server.listener.announceDrain();
    expect(await probe.check('liveness')).toBe(SERVING);
  });

  it('is served when Connect is not', async () => {
    expect(await aProbe(await aFaultServer({ connect: false })).check('')).toBe(SERVING);
  });
});

describe('Watch', () => {
  it.each(services)('of %j tells the state, each change of it, and ends with the drain', async (service) => {
    const server = await aFaultServer();
    const watch = aProbe(server).watch(service);
    expect(await watch.next()).toBe(SERVING);
    server.listener.announceDrain();
    expect(await watch.next()).toBe(NOT_SERVING);
    const drained = server.listener.drain(3_600_000);
    expect(await watch.next()).toBeTypeOf('string');
    await drained;
  });

  it('of an unknown service says SERVICE_UNKNOWN and stays open', async () => {
    const server = await aFaultServer();
    const watch = aProbe(server).watch('x');
    expect(await watch.next()).toBe(SERVICE_UNKNOWN);
    server.listener.announceDrain();
    const drained = server.listener.drain(3_600_000);
    expect(await watch.next()).toBeTypeOf('string');
    await drained;
  });

  it('that its client gives up leaves nothing', async () => {
    const server = await aFaultServer();
    const watch = aProbe(server).watch('');
    expect(await watch.next()).toBe(SERVING);
    expect(server.listener.connections.open).toBe(1);
    watch.cancel();
    expect(await watch.next()).toBe('CANCELLED');
    await expect.poll(() => server.listener.connections.open).toBe(0);
  });
});

describe('the state', () => {
  it.each([
    ['', false, NOT_SERVING],
    ['', true, SERVING],
    ['a', true, SERVING],
    ['a', false, NOT_SERVING],
    ['b', true, SERVICE_UNKNOWN],
    ['b', false, SERVICE_UNKNOWN],
  ])('of %j with serving %j is %j', (service, isServing, expected) => {
    const health = new Health(['a']);
    health.isServing = isServing;
    expect(health.isServing).toBe(isServing);
    expect(health.statusOf(service)).toBe(expected);
    expect(health.has(service)).toBe(expected !== SERVICE_UNKNOWN);
  });

  it('is not serving at first', () => {
    expect(new Health([]).isServing).toBe(false);
  });

  it('is reported once per change, until the signal', async () => {
    const health = new Health(['a']);
    const end = new AbortController();
    const states = health.watch('a', end.signal);
    expect((await states.next()).value).toBe(NOT_SERVING);
    health.isServing = false;
    health.isServing = true;
    expect((await states.next()).value).toBe(SERVING);
    const last = states.next();
    end.abort();
    expect(await last).toStrictEqual({ done: true, value: undefined });
  });

  it('may be watched by many', async () => {
    const health = new Health([]);
    const end = new AbortController();
    const watches = Array.from({ length: 100 }, () => health.watch('', end.signal));
    await Promise.all(watches.map((watch) => watch.next()));
    health.isServing = true;
    const states = await Promise.all(watches.map((watch) => watch.next()));
    expect(states.every(({ value }) => value === SERVING)).toBe(true);
    end.abort();
  });

  it('ends at once when the signal was given before', async () => {
    const states = [];
    for await (const state of new Health([]).watch('', AbortSignal.abort())) states.push(state);
    expect(states.length).toBeLessThanOrEqual(1);
  });
});
