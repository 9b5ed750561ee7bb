import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { Route } from '../../src/config/sections/routes.ts';
import { hooks } from '../../src/core/hooks/index.ts';
import { EventRouter } from '../../src/events/event-router.ts';
import type { OpenedSink } from '../../src/events/opened-sink.ts';
import { createOutbox, type OutboxOptions } from '../../src/events/outbox.ts';
import { createRoutingTable, waitingHooks } from '../../src/events/routing-table.ts';
import { compileCondition } from '../../src/payload/conditions/compile.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { createStamp } from '../../src/sinks/cloudevents/stamp.ts';
import { aClient, aContext, aMessage, aMeta } from '../support/inputs.ts';
import { aSpool, type FakeSpool } from './fake-spool.ts';
import { aClock, aSink, opened } from './support.ts';

type RouteInput = z.input<typeof Route>;

const BUDGET = 4000;

function anEmitter(
  routes: readonly RouteInput[],
  sinks: readonly OpenedSink[],
  { spool }: { spool?: FakeSpool } = {},
) {
  const clock = aClock();
  const lines: object[] = [];
  const write = (fields: object, text: string) => void lines.push({ text, ...fields });
  const log = { info: write, warn: write, error: write } as unknown as OutboxOptions['log'];
  const outbox = createOutbox({ sinks, spool, log, clock, rateLimit: (_, line) => line(1) });
  const compile = compileCondition;
  const table = createRoutingTable(
    routes.map((route) => Route.parse(route)),
    { pipelines: outbox.pipelines, compile },
  );
  const failures: string[] = [];
  let stamped = 0;
  const stamp = createStamp({ now: () => 0, newId: () => 'new' });
  const router = new EventRouter({
    routes: table,
    clock,
    stamp: (event, origin) => {
      stamped++;
      return stamp(event, origin);
    },
    conditionFailed: (_, reason) => void failures.push(reason),
  });
  /** A call, as the built-in hook decides it. */
  const call = (hook: HookName, input: object) => {
    const whole = { meta: aMeta(), props: [], userProps: [], ...input } as unknown as HookInput;
    const { events = [] } = hooks[hook].decide(whole as never, aContext() as never);
    return router.emit(hook, whole, events, clock.now() + BUDGET);
  };
  const publish = (id: string, topic = 't', from = 'c') =>
    call('message.publish', { message: aMessage({ id, topic, from }) });
  return { call, publish, clock, outbox, lines, failures, router, stamped: () => stamped };
}

const idsOf = (sink: { confirmed: string[] }) =>
  sink.confirmed.map((id) => id.replace('/message.publish', ''));

describe('routes', () => {
  it('take the events of their hooks, and other hooks make no events', async () => {
    const sink = aSink('fast', 'a');
    const { call, publish, clock, stamped } = anEmitter([{ hooks: ['client.*'], to: 'a' }], [opened(sink)]);
    publish('1');
    expect(stamped()).toBe(0);
    call('client.connected', { clientinfo: aClient() });
    await clock.settle();
    expect(sink.deliveries.map(({ event }) => event?.type)).toEqual(['emqx.client.connected']);
  });

  it('take only messages on their topics, whatever else the broker sends', async () => {
    const sinks = [aSink('fast', 'a'), aSink('fast', 'b')] as const;
    const { publish, clock } = anEmitter(
      [
        { hooks: ['message.publish'], topics: ['x/#', '+/y'], to: 'a' },
        { hooks: ['message.publish'], to: 'b' },
      ],
      sinks.map((sink) => opened(sink)),
    );
    for (const topic of ['x/1', 'z/y', 'z/z']) publish(topic, topic);
    await clock.settle();
    expect(sinks.map(idsOf)).toEqual([
      ['x/1', 'z/y'],
      ['x/1', 'z/y', 'z/z'],
    ]);
  });

  it('take only events that meet their condition, and none if the condition fails', async () => {
    const sinks = [aSink('fast', 'a'), aSink('fast', 'b')] as const;
    const { publish, clock, failures } = anEmitter(
      [
        { hooks: ['message.publish'], when: 'message.from == "c1"', to: 'a' },
        { hooks: ['message.publish'], when: 'message.nothing == 1', to: 'b' },
      ],
      sinks.map((sink) => opened(sink)),
    );
    publish('1', 't', 'c1');
    publish('2', 't', 'c2');
    await clock.settle();
    expect(sinks.map(idsOf)).toEqual([['1'], []]);
    expect(failures).toHaveLength(2);
  });

  it('report invalid conditions at the start', () => {
    expect(() =>
      anEmitter([{ hooks: ['*'], when: 'message.(', to: 'a' }], [opened(aSink('fast', 'a'))]),
    ).toThrow(/^events\.routes\[0\]\.when: /);
  });

  it('give a sink each event once, by the first matching route', async () => {
    const [a, b] = [aSink('fast', 'a'), aSink('fast', 'b')];
    const { publish, clock } = anEmitter(
      [
        { hooks: ['message.publish'], topics: ['alarm'], to: 'a', shape: { target: 'alarms' } },
        { hooks: ['message.publish'], to: ['a', 'b'], shape: { target: 'all' } },
      ],
      [opened(a), opened(b)],
    );
    publish('1', 'alarm');
    publish('2', 'other');
    await clock.settle();
    expect(a.deliveries.map(({ target }) => target)).toEqual(['alarms', 'all']);
    expect(b.deliveries.map(({ target }) => target)).toEqual(['all', 'all']);
  });

  it('are not needed for sinks that take every event', async () => {
    const sink = aSink('fast', 'stdout');
    const { publish, clock } = anEmitter([], [opened(sink, {}, { takesAll: true, keepsEvents: true })]);
    expect(publish('1')).toBeUndefined();
    await clock.settle();
    expect(sink.deliveries[0]?.event).toMatchObject({ type: 'emqx.message.publish' });
  });
});

describe('a batch that lingers', () => {
  const payload = new Uint8Array(3000).fill(0xff);
  const ways: RouteInput[] = [{ hooks: ['message.publish'], to: 'a' }];
  const publishOne = ({ call }: ReturnType<typeof anEmitter>, id: string) =>
    call('message.publish', { message: aMessage({ id, payload }) });

  it('is written when the encoded events are large enough, even if the estimate was smaller', async () => {
    const linger = { linger: 60_000, maxEvents: 1000 };
    const first = anEmitter(ways, [opened(aSink('fast', 'a'), { batch: linger })]);
    publishOne(first, '1');
    const thought = first.outbox.stats.queuedBytes;
    await first.clock.settle();
    const encoded = first.outbox.stats.queuedBytes;
    expect(encoded).toBeGreaterThan(1.2 * thought);
    const sink = aSink('fast', 'a');
    // One that is encoded and one that comes are enough, and two as they come are not.
    const maxBytes = Math.floor(thought + (thought + encoded) / 2);
    const second = anEmitter(ways, [opened(sink, { batch: { ...linger, maxBytes } })]);
    publishOne(second, '1');
    await second.clock.settle();
    expect(sink.batches).toHaveLength(0);
    publishOne(second, '2');
    await second.clock.settle();
    expect(sink.batches[0]?.length).toBe(2);
  });
});

describe('the memory of a queue', () => {
  it('stays within its limit when events are larger than estimated once they are encoded', async () => {
    const ways: RouteInput[] = [{ hooks: ['message.publish'], to: 'a' }];
    const batch = { linger: 60_000, maxEvents: 1000, maxBytes: 1_000_000 };
    const payload = new Uint8Array(3000).fill(0xff);
    const publishOne = ({ call }: ReturnType<typeof anEmitter>, id: string) =>
      call('message.publish', { message: aMessage({ id, payload }) });
    const first = anEmitter(ways, [opened(aSink('fast', 'a'), { batch })]);
    publishOne(first, '1');
    const estimated = first.outbox.stats.queuedBytes;
    const maxBytes = Math.ceil(3 * estimated);
    const second = anEmitter(ways, [opened(aSink('fast', 'a'), { batch, maxBytes })]);
    for (const id of ['1', '2', '3']) publishOne(second, id);
    expect(second.outbox.stats).toMatchObject({ queued: 3, dropped: 0 });
    await second.clock.settle();
    expect(second.outbox.stats).toMatchObject({ queued: 2, dropped: 1 });
    expect(second.outbox.stats.queuedBytes).toBeLessThanOrEqual(maxBytes);
  });
});

describe('after-reply', () => {
  it('never makes an answer wait', () => {
    const { publish, router } = anEmitter(
      [{ hooks: ['message.publish'], to: 'a' }],
      [opened(aSink('asked', 'a'))],
    );
    expect(publish('1')).toBeUndefined();
    expect(router.waits.size).toBe(0);
  });
});

describe('before-reply', () => {
  const route: RouteInput = { hooks: ['message.publish'], to: 'a', delivery: 'before-reply' };

  it('is reported for the hooks concerned', () => {
    const { router } = anEmitter([{ ...route, hooks: ['message.*'] }], [opened(aSink('asked', 'a'))]);
    expect([...router.waits]).toEqual([
      'message.publish',
      'message.delivered',
      'message.dropped',
      'message.acked',
    ]);
    expect(waitingHooks({}).size).toBe(0);
  });

  it.each([
    ['fails on what the sender chose', 'int(message.topic) > 1', ['1']],
    ['names what is not there', 'message.nothing == 1', []],
    ['does not hold', 'message.topic == "other"', []],
  ])('stores an event for which its condition %s as it promises', async (_, when, stored) => {
    const sink = aSink('fast', 'a');
    const freely = aSink('fast', 'b');
    const { publish, clock, failures } = anEmitter(
      [
        { ...route, when },
        { hooks: ['message.publish'], when, to: 'b' },
      ],
      [opened(sink), opened(freely)],
    );
    publish('1');
    await clock.settle();
    expect([idsOf(sink), idsOf(freely)]).toEqual([stored, []]);
    expect(failures.length).toBe(when.endsWith('"other"') ? 0 : 2);
  });

  it('answers when the sink has confirmed, and many calls share a batch', async () => {
    const sink = aSink('asked', 'a');
    const { publish, clock } = anEmitter([route], [opened(sink)]);
    const answers: unknown[] = [];
    for (const id of ['1', '2', '3']) publish(id)?.then((instead) => answers.push([id, instead]));
    await clock.settle();
    expect([sink.batches.length, answers]).toEqual([1, []]);
    sink.waiting[0]?.confirm();
    await clock.settle();
    expect(answers).toEqual(['1', '2', '3'].map((id) => [id, undefined]));
  });

  it('waits for all sinks of an event', async () => {
    const [a, b] = [aSink('asked', 'a'), aSink('asked', 'b')];
    const { publish, clock } = anEmitter([{ ...route, to: ['a', 'b'] }], [opened(a), opened(b)]);
    let isAnswered = false;
    publish('1')?.then(() => {
      isAnswered = true;
    });
    await clock.settle();
    a.waiting[0]?.confirm();
    await clock.settle();
    expect(isAnswered).toBe(false);
    b.waiting[0]?.confirm();
    await clock.settle();
    expect(isAnswered).toBe(true);
  });

  const late = (onFailure: RouteInput['onFailure'], spool?: FakeSpool) => {
    const sink = aSink('asked', 'a');
    return { sink, ...anEmitter([{ ...route, onFailure }], [opened(sink)], spool && { spool }) };
  };

  it.each([undefined, 'error'] as const)(
    'with onFailure: %s ends the call with a failure',
    async (onFailure) => {
      const { publish, clock, outbox } = late(onFailure);
      const answer = publish('1');
      await clock.pass(BUDGET - 1);
      expect(await Promise.race([answer, 'nothing yet'])).toBe('nothing yet');
      await clock.pass(1);
      expect(await answer).toMatchObject({ code: 'sink_failed', isOurs: true });
      expect(outbox.sinks).toMatchObject([{ unconfirmed: 1 }]);
    },
  );

  it('with onFailure: drop stops the message, which is not retried', async () => {
    const { publish, clock, sink, outbox, lines } = late('drop');
    const answer = publish('1');
    await clock.pass(BUDGET);
    expect(await answer).toEqual({ kind: 'drop', reason: 'sink_failed' });
    sink.waiting[0]?.fail();
    await clock.pass(60_000);
    expect([sink.batches.length, outbox.stats.queued, outbox.stats.dropped]).toEqual([1, 0, 0]);
    expect(lines).toContainEqual(expect.objectContaining({ onFailure: 'drop', sink: 'a', events: 1 }));
  });

  it('with onFailure: disconnect refuses the message at ingress, even when another sink fails the call', async () => {
    const ingress: RouteInput = { ...route, hooks: ['message.ingress'] };
    const sinks = [aSink('asked', 'a'), aSink('asked', 'b')];
    const { call, clock } = anEmitter(
      [
        { ...ingress, to: 'b', onFailure: 'error' },
        { ...ingress, onFailure: 'disconnect' },
      ],
      sinks.map((sink) => opened(sink)),
    );
    const answer = call('message.ingress', { message: aMessage({ id: '1' }), clientinfo: {} });
    await clock.pass(BUDGET);
    expect(await answer).toEqual({ kind: 'deny', reason: 'sink_failed' });
  });

  it('with onFailure: pass lets the message pass, and retries the event', async () => {
    const { publish, clock, sink } = late('pass');
    const answer = publish('1');
    await clock.pass(BUDGET);
    expect(await answer).toBeUndefined();
    sink.waiting[0]?.fail();
    await clock.pass(1000);
    expect(sink.batches).toHaveLength(2);
  });

  it('with onFailure: spool stores the event on disk within the time, and lets the message pass', async () => {
    const spool = aSpool();
    const { publish, clock } = late('spool', spool);
    const answer = publish('1');
    await clock.pass(BUDGET);
    expect(await answer).toBeUndefined();
    expect(spool.sinkLog('a').size).toBe(1);
  });

  it('with onFailure: spool fails the call when the disk fails too', async () => {
    const spool = aSpool();
    const { publish, clock } = late('spool', spool);
    const answer = publish('1');
    await clock.pass(10);
    spool.fail(new Error('full'));
    await clock.pass(BUDGET);
    expect(await answer).toMatchObject({ code: 'sink_failed' });
  });

  it('with onFailure: spool reserves a part of the time for a slow disk', async () => {
    const spool = aSpool();
    const { publish, clock } = late('spool', spool);
    const answer = publish('1');
    const letGo = spool.hold();
    await clock.pass(BUDGET * 0.9);
    letGo();
    await clock.settle();
    expect(await Promise.race([answer, 'nothing yet'])).toBeUndefined();
    expect(spool.sinkLog('a').size).toBe(1);
  });

  it('with onFailure: spool waits for a slow disk no longer than the broker waits', async () => {
    const spool = aSpool();
    const { publish, clock } = late('spool', spool);
    const answer = publish('1');
    spool.hold();
    await clock.pass(BUDGET - 1);
    expect(await Promise.race([answer, 'nothing yet'])).toBe('nothing yet');
    await clock.pass(1);
    expect(await Promise.race([answer, 'nothing yet'])).toMatchObject({ code: 'sink_failed' });
  });

  it('with onFailure: spool delivers an event once that was in flight and is on disk', async () => {
    const spool = aSpool();
    const { publish, clock, sink } = late('spool', spool);
    const answer = publish('1');
    await clock.pass(BUDGET);
    await answer;
    sink.waiting.shift()?.fail();
    for (let i = 0; i < 20; i++) {
      await clock.pass(1000);
      for (const batch of sink.waiting.splice(0)) batch.confirm();
    }
    expect([idsOf(sink), spool.sinkLog('a').size]).toEqual([['1'], 0]);
  });

  it('with onFailure: spool does not spool what the sink rejects', async () => {
    const spool = aSpool();
    const sink = aSink((ids) => ({ rejected: ids.map((_, index) => ({ index, reason: 'no' })) }), 'a');
    const { publish, clock } = anEmitter([{ ...route, onFailure: 'spool' }], [opened(sink)], { spool });
    const answer = publish('1');
    await clock.pass(BUDGET);
    expect(await answer).toMatchObject({ code: 'sink_failed' });
    expect([sink.batches.length, spool.sinkLog('a').size]).toEqual([1, 0]);
  });

  it('with onFailure: spool puts new events behind older ones on disk', async () => {
    const spool = aSpool();
    const { publish, clock, sink } = late('spool', spool);
    const first = publish('1');
    await clock.pass(BUDGET);
    await first;
    const batches = sink.batches.length;
    const second = publish('2');
    await clock.pass(0);
    expect(await second).toBeUndefined();
    expect([spool.sinkLog('a').size, sink.batches.length]).toEqual([2, batches]);
  });

  it.each([
    ['error', { code: 'sink_failed' }],
    ['drop', { kind: 'drop' }],
    ['pass', undefined],
  ] as const)(
    'with onFailure: %s does not wait for a sink that will never take it',
    async (onFailure, instead) => {
      const sink = aSink((ids) => ({ rejected: ids.map((_, index) => ({ index, reason: 'no' })) }), 'a');
      const { publish, clock, outbox } = anEmitter([{ ...route, onFailure }], [opened(sink)]);
      const answer = publish('1');
      await clock.settle();
      if (instead === undefined) expect(await answer).toBeUndefined();
      else expect(await answer).toMatchObject(instead);
      expect([sink.batches.length, outbox.stats.queued]).toEqual([1, 0]);
    },
  );

  it('answers at once when the queue is full', async () => {
    const { publish, clock } = anEmitter([route], [opened(aSink('asked', 'a'), { maxEvents: 1 })]);
    publish('1');
    const answer = publish('2');
    await clock.settle();
    expect(await answer).toMatchObject({ code: 'sink_full' });
  });

  it('answers at once when the sink has been down for longer than calls wait, except for the call that tries it', async () => {
    const { publish, clock, outbox } = anEmitter([route], [opened(aSink('down', 'a'))]);
    publish('1');
    await clock.pass(2 * BUDGET);
    expect(outbox.sinks[0]?.circuit).toBe('half-open');
    const tries = publish('2');
    await clock.settle();
    expect(outbox.sinks[0]?.circuit).toBe('open');
    const answer = publish('3');
    await clock.settle();
    expect(await answer).toMatchObject({ code: 'sink_failed' });
    // The attempt that was made for it has failed: there is nothing more to wait for.
    expect(await Promise.race([tries, 'nothing yet'])).toMatchObject({ code: 'sink_failed' });
    expect(outbox.stats.queued).toBe(0);
  });

  it('waits for a sink that has been down for a shorter time', async () => {
    let isDown = true;
    const sink = aSink(() => (isDown ? new Error('down') : undefined), 'a');
    const { publish, clock, outbox } = anEmitter([route], [opened(sink)]);
    const answer = publish('1');
    await clock.pass(BUDGET - 500);
    expect(outbox.sinks[0]?.circuit).not.toBe('closed');
    isDown = false;
    const later = publish('2');
    await clock.pass(BUDGET);
    expect(await answer).toMatchObject({ code: 'sink_failed' });
    expect(await later).toBeUndefined();
    expect(idsOf(sink)).toEqual(['2']);
  });

  it('is confirmed again once the sink is back, however long it was down', async () => {
    let isDown = true;
    const sink = aSink(() => (isDown ? new Error('down') : undefined), 'a');
    const { publish, clock } = anEmitter([route], [opened(sink)]);
    publish('1');
    await clock.pass(20 * BUDGET);
    isDown = false;
    const answer = publish('2');
    await clock.settle();
    expect(await answer).toBeUndefined();
  });
});

describe('overflow: spool', () => {
  const route: RouteInput = { hooks: ['message.publish'], to: 'a', overflow: 'spool' };

  it('answers when the event is on disk, whether or not the sink has it', async () => {
    const spool = aSpool();
    const letGo = spool.hold();
    const sink = aSink('asked', 'a');
    const { publish, clock } = anEmitter([route], [opened(sink)], { spool });
    let isAnswered = false;
    publish('1')?.then(() => {
      isAnswered = true;
    });
    await clock.settle();
    expect(isAnswered).toBe(false);
    letGo();
    await clock.settle();
    expect([isAnswered, spool.sinkLog('a').size]).toEqual([true, 1]);
    sink.waiting[0]?.confirm();
    await clock.settle();
    expect(spool.sinkLog('a').size).toBe(0);
  });

  it.each([
    [undefined, { code: 'sink_failed' }],
    ['drop', { kind: 'drop', reason: 'sink_failed' }],
    ['pass', undefined],
  ] as const)('with onFailure: %s decides about the call if the disk fails', async (onFailure, instead) => {
    const spool = aSpool();
    spool.fail(new Error('full'));
    const sink = aSink('fast', 'a');
    const { publish, clock } = anEmitter([{ ...route, onFailure }], [opened(sink)], { spool });
    const answer = publish('1');
    await clock.pass(1);
    if (instead === undefined) expect(await answer).toBeUndefined();
    else expect(await answer).toMatchObject(instead);
    // Events that pass are still tried.
    expect(sink.batches).toHaveLength(instead === undefined ? 1 : 0);
  });

  it('does not wait for the disk longer than the broker waits', async () => {
    const spool = aSpool();
    spool.hold();
    const { publish, clock } = anEmitter([route], [opened(aSink('fast', 'a'))], { spool });
    const answer = publish('1');
    await clock.pass(BUDGET);
    expect(await answer).toMatchObject({ code: 'sink_failed' });
  });

  it.each([
    ['drop', { kind: 'drop', reason: 'sink_failed' }, []],
    ['error', { code: 'sink_failed' }, []],
    // The message passes, and so does its event.
    ['pass', undefined, ['1/message.publish']],
  ] as const)(
    'with onFailure: %s stores no event whose publisher got an error, even if the disk accepts it later',
    async (onFailure, instead, stored) => {
      const spool = aSpool();
      const letGo = spool.hold();
      const sink = aSink('asked', 'a');
      const { publish, clock } = anEmitter([{ ...route, onFailure }], [opened(sink)], { spool });
      const answer = publish('1');
      await clock.pass(BUDGET);
      if (instead === undefined) expect(await answer).toBeUndefined();
      else expect(await answer).toMatchObject(instead);
      letGo();
      await clock.settle();
      const { free, claimed } = spool.idsOf('a');
      expect([...free, ...claimed]).toEqual(stored);
      expect(idsOf(sink).every((id) => id === '1' && stored.length > 0)).toBe(true);
    },
  );

  it('keeps the order of a client while the disk is read', async () => {
    const spool = aSpool();
    const sink = aSink('asked', 'a');
    const { publish, clock } = anEmitter([route], [opened(sink, { maxEvents: 8 })], { spool });
    const ids = Array.from({ length: 30 }, (_, i) => `${i}`);
    for (const id of ids) {
      publish(id);
      await clock.settle();
      if (Number(id) % 3 === 0) sink.waiting.shift()?.confirm();
    }
    for (let i = 0; i < 60; i++) {
      for (const batch of sink.waiting.splice(0)) batch.confirm();
      await clock.pass(1);
    }
    expect(idsOf(sink)).toEqual(ids);
  });
});
