import { describe, expect, it } from 'vitest';
import { kindOf, type SinkSection } from '../../src/config/sections/sinks.ts';
import type { Delivery } from '../../src/sinks/delivery.ts';
import type { Receipt, Sink } from '../../src/sinks/sink.ts';
import { findReserved, guardTargets, type TargetWorld } from '../../src/sinks/target-guard.ts';

const to = (target: string | undefined, subject = 't') =>
  ({ id: `${target}`, target, attributes: { subject } }) as unknown as Delivery;
const findIn = (section: object, targets: TargetWorld) => {
  const { kind, options } = kindOf(section as SinkSection);
  return findReserved(kind, options, targets);
};
const world = { grantKeys: ['exhook:grants:'], written: [] as string[] };

describe('Reserved places of a sink', () => {
  it.each([
    ['redis', { redis: {} }, 'exhook:grants:emqx@1:victim', 'mqtt:x'],
    ['mqtt', { mqtt: {} }, '$CONTROL/dynamic-security/v1', 'a/$SYS'],
    ['kafka', { kafka: {} }, '__consumer_offsets', 'a__b'],
    ['rabbitmq', { rabbitmq: {} }, 'amq.rabbitmq.reply-to.x', 'mqtt.amq.x'],
  ])('keeps the own places of %s from targets of events', (_kind, options, forbidden, other) => {
    const find = findIn(options, world);
    expect(find?.(to(forbidden))).toMatch(/^the (key|topic|queue) /);
    expect(find?.(to(other))).toBeUndefined();
    expect(find?.(to(undefined))).toBeUndefined();
  });

  it('takes what an operator has written for meant', () => {
    const written = ['$delayed/5/', '_audit.', 'mqtt:'];
    const find = (options: object) => findIn(options, { ...world, written });
    expect(find({ mqtt: {} })?.(to('$delayed/5/x'))).toBeUndefined();
    expect(find({ mqtt: {} })?.(to('$delayed/6/x'))).toMatch(/begins with "\$"/);
    expect(find({ kafka: {} })?.(to('_audit.x'))).toBeUndefined();
    expect(find({ kafka: {} })?.(to('_schemas'))).toMatch(/begins with "_"/);
  });

  it('checks the topic of the message if an MQTT sink has no topic of its own', () => {
    expect(findIn({ mqtt: {} }, world)?.(to(undefined, '$SYS/x'))).toMatch(/begins with "\$"/);
    expect(findIn({ mqtt: { topic: 'a' } }, world)?.(to(undefined, '$SYS/x'))).toBeUndefined();
  });

  it.each([
    { rabbitmq: { exchange: 'e' } },
    { nats: {} },
    { http: {} },
    { file: {} },
    { stdout: {} },
    { module: {} },
  ])('has nothing to say of %j', (options) => {
    expect(findIn(options, world)).toBeUndefined();
  });
});

describe('a guarded sink', () => {
  const batches: (string | undefined)[][] = [];
  const sinkThat = (answer: (batch: readonly Delivery[]) => Receipt | undefined): Sink => ({
    name: 's',
    async write(batch) {
      batches.push(batch.map(({ target }) => target));
      return answer(batch);
    },
    close: async () => {},
  });
  const find = findIn({ kafka: {} }, world) as NonNullable<ReturnType<typeof findReserved>>;
  const write = async (sink: Sink, ...targets: string[]) =>
    await guardTargets(sink, find).write(
      targets.map((target) => to(target)),
      new AbortController().signal,
    );

  it('never gets forbidden events, and its receipt uses the indexes of the whole batch', async () => {
    const sink = sinkThat(() => ({ rejected: [{ index: 1, reason: 'full' }], unconfirmed: [2] }));
    const reason = 'the topic begins with "_": such topics are internal';
    batches.length = 0;
    expect(await write(sink, '_a', 'b', '_c', 'd', 'e')).toEqual({
      rejected: [
        { index: 0, reason },
        { index: 2, reason },
        { index: 3, reason: 'full' },
      ],
      unconfirmed: [4],
    });
    expect(await write(sink, '_a')).toEqual({ rejected: [{ index: 0, reason }], unconfirmed: undefined });
    expect(batches).toEqual([['b', 'd', 'e']]);
  });

  it('is given a batch without anything forbidden as it is', async () => {
    const receipt = { unconfirmed: [0] };
    expect(
      await write(
        sinkThat(() => receipt),
        'a',
        'b',
      ),
    ).toBe(receipt);
  });

  it('fails when the sink fails', async () => {
    const failing = { ...sinkThat(() => undefined), write: () => Promise.reject(new Error('down')) };
    await expect(write(failing, '_a', 'b')).rejects.toThrow('down');
  });

  it('is checked and closed as before', async () => {
    const told: string[] = [];
    const sink = guardTargets(
      {
        name: 's',
        write() {},
        check: async () => void told.push('check'),
        close: async () => void told.push('close'),
      },
      find,
    );
    await sink.check?.();
    await sink.close();
    expect(told).toEqual(['check', 'close']);
    expect(guardTargets({ name: 's', write() {}, close: async () => {} }, find).check).toBeUndefined();
  });
});
