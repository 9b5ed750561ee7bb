/** Answers that wait for a sink which is slower than messages come, in virtual time. */
import { describe, expect, it } from 'vitest';
import { Route } from '../../src/config/sections/routes.ts';
import { hooks } from '../../src/core/hooks/index.ts';
import type { ReplyOverride } from '../../src/core/runtime.ts';
import { EventRouter } from '../../src/events/event-router.ts';
import { createOutbox, type OutboxOptions } from '../../src/events/outbox.ts';
import { createRoutingTable } from '../../src/events/routing-table.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { writeByKey } from '../../src/sinks/by-key.ts';
import { createStamp } from '../../src/sinks/cloudevents/stamp.ts';
import { ReceiptBuilder } from '../../src/sinks/receipt-builder.ts';
import type { Sink } from '../../src/sinks/sink.ts';
import { aService, aVirtualClock } from '../lib/admission/simulate.ts';
import { aContext, aMessage, aMeta } from '../support/inputs.ts';
import { opened } from './support.ts';

const BUDGET = 4000;

type FakeClock = ReturnType<typeof aFastClock>;

/** For many thousands of timers. */
function aFastClock() {
  const { now, after, pass } = aVirtualClock();
  return {
    now,
    pass,
    random: () => 0,
    soon: (run: () => void) => after(0, run),
    after(milliseconds: number, run: () => void) {
      let isStopped = false;
      after(milliseconds, () => isStopped || run());
      return () => {
        isStopped = true;
      };
    },
  };
}

/** A sink that sends the events of a batch one by one, as that for HTTP does, to a service that takes its time. */
function aSlowSink(clock: FakeClock, request: () => Promise<void>) {
  const stored: string[] = [];
  const sink: Sink = {
    name: 'a',
    async write(batch, _signal, isWanted) {
      const outcome = new ReceiptBuilder(batch, isWanted);
      const writeOne = async ({ id }: { id: string }) => {
        await request();
        stored.push(id.replace('/message.publish', ''));
        return undefined;
      };
      await writeByKey(batch, 16, writeOne, outcome);
      return outcome.settle(() => {});
    },
    close: async () => {},
  };
  return { sink, stored, clock };
}

function setup(onFailure: 'drop' | 'pass', ms: () => number, queue: object = {}) {
  const clock = aFastClock();
  const service = aService(clock, 1, ms);
  const { sink, stored } = aSlowSink(clock, () => service.request());
  const log = { info: () => {}, warn: () => {}, error: () => {} } as unknown as OutboxOptions['log'];
  const outbox = createOutbox({
    sinks: [opened(sink, { concurrency: 4, ...queue })],
    log,
    clock,
    rateLimit: () => {},
  });
  const route = Route.parse({ hooks: ['message.publish'], to: 'a', delivery: 'before-reply', onFailure });
  const table = createRoutingTable([route], { pipelines: outbox.pipelines, compile: undefined });
  const stamp = createStamp({ now: () => 0, newId: () => 'new' });
  const router = new EventRouter({ routes: table, clock, stamp, conditionFailed: () => {} });
  const publish = (id: string, from: string): Promise<ReplyOverride> => {
    const input = { meta: aMeta(), props: [], userProps: [], message: aMessage({ id, topic: 't', from }) };
    const whole = input as unknown as HookInput<'message.publish'>;
    const { events = [] } = hooks['message.publish'].decide(whole as never, aContext() as never);
    const answer = router.emit('message.publish', whole, events, clock.now() + BUDGET);
    if (answer === undefined) throw new Error('the answer waits');
    return answer;
  };
  return { clock, stored, outbox, publish };
}

interface Told {
  readonly id: string;
  readonly isStored: boolean;
  /** Milliseconds since the storm began. */
  readonly at: number;
  readonly waited: number;
}

async function storm({ clock, publish }: ReturnType<typeof setup>, rate: number, seconds: number) {
  const begin = clock.now();
  const told: Told[] = [];
  for (let i = 0; i < rate * seconds; i++) {
    clock.after((i * 1000) / rate, () => {
      const since = clock.now();
      publish(`${begin}-${i}`, `c${i % 251}`).then((instead) => {
        const now = clock.now();
        told.push({
          id: `${begin}-${i}`,
          isStored: instead === undefined,
          at: now - begin,
          waited: now - since,
        });
      });
    });
  }
  await clock.pass(seconds * 1000 + BUDGET);
  return told;
}

const perSecond = (told: readonly Told[], seconds: number): number[] =>
  Array.from(
    { length: seconds },
    (_, second) => told.filter(({ isStored, at }) => isStored && Math.floor(at / 1000) === second).length,
  );

/** From 0.8 to 1.2, always the same. */
const jitter = (n: number): number => 0.8 + (0.4 * ((n * 7919) % 101)) / 100;

describe('a sink that takes 40 events a second', () => {
  let count = 0;
  const ms = () => 25 * jitter(count++);

  it.each([80, 300, 2000])(
    'stores 32 and more of %d in each second, and none that was dropped',
    async (rate) => {
      const made = setup('drop', ms);
      const told = await storm(made, rate, 8);
      expect(told).toHaveLength(rate * 8);
      for (const stored of perSecond(told, 8)) expect(stored).toBeGreaterThanOrEqual(32);
      const dropped = new Set(told.filter(({ isStored }) => !isStored).map(({ id }) => id));
      expect(made.stored.filter((id) => dropped.has(id))).toEqual([]);
      expect(made.stored).toHaveLength(told.length - dropped.size);
      expect(made.outbox.stats).toMatchObject({ queued: 0 });
    },
  );

  it('refuses at once what cannot be stored in time, once the pace of the sink is known', async () => {
    const told = await storm(setup('drop', ms), 300, 8);
    const waits = told.filter(({ isStored, at }) => !isStored && at > 4000).map(({ waited }) => waited);
    expect(waits.length).toBeGreaterThan(500);
    expect(waits.filter((waited) => waited > 0).length).toBeLessThan(waits.length / 10);
  });

  it('stores everything again a second after the storm', async () => {
    const made = setup('drop', ms);
    await storm(made, 300, 4);
    const told = await storm(made, 25, 4);
    expect(told.every(({ isStored }) => isStored)).toBe(true);
  });

  it('gets everything in the end with onFailure: pass, and no call waits in vain', async () => {
    const made = setup('pass', ms);
    const told = await storm(made, 100, 4);
    expect(told.every(({ isStored }) => isStored)).toBe(true);
    await made.clock.pass(10_000);
    expect(made.stored).toHaveLength(400);
  });
});

describe('a sink that becomes four times slower', () => {
  it('stores most events meanwhile, and of dropped messages at most those in flight', async () => {
    let slow = 1;
    const made = setup('drop', () => 25 * slow);
    await storm(made, 30, 3);
    slow = 4;
    const told = await storm(made, 30, 8);
    const dropped = new Set(told.filter(({ isStored }) => !isStored).map(({ id }) => id));
    // It can store 80 in 8 seconds.
    expect(perSecond(told, 8).reduce((sum, one) => sum + one)).toBeGreaterThanOrEqual(64);
    expect(made.stored.filter((id) => dropped.has(id)).length).toBeLessThanOrEqual(12);
  });
});
