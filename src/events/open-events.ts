/** Opens what events need as configured: the spool, the sinks, their queues, and the routes. */
import type { Config } from '../config/schema.ts';
import { Queue } from '../config/sections/queue.ts';
import { grantPrefixOf } from '../config/target-check.ts';
import type { Logger } from '../log/log.ts';
import { createRateLimit } from '../log/rate-limit.ts';
import { createStamp } from '../sinks/cloudevents/stamp.ts';
import type { Sink, SinkWorld } from '../sinks/sink.ts';
import { createStdoutSink } from '../sinks/stdout/sink.ts';
import type { TargetWorld } from '../sinks/target-guard.ts';
import { systemClock } from './clock.ts';
import { EventRouter } from './event-router.ts';
import { type EventTracing, traceOpened, traceOwn } from './event-tracing.ts';
import type { EventWatch } from './event-watch.ts';
import { openSinks } from './open-sinks.ts';
import type { OpenedSink } from './opened-sink.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { RepeatedCalls } from './repeated-calls.ts';
import { createRoutingTable } from './routing-table.ts';
import type { Spool } from './spool/spool.ts';
import type { Undelivered } from './undelivered.ts';

export interface EventsWorld {
  /** Sinks of an application that uses the library: they take every event. */
  readonly sinks: readonly Sink[];
  readonly log: Logger;
  readonly env: SinkWorld['env'];
  /** Default: nothing is traced. */
  readonly tracing?: EventTracing | undefined;
  /** Told what becomes of each event. Default: nobody is. */
  readonly watch?: EventWatch | undefined;
}

export interface OpenEvents {
  readonly outbox: Outbox;
  readonly router: EventRouter;
  /** Delivers what it can within the time, in milliseconds, and closes everything. */
  close(timeout: number): Promise<Undelivered>;
}

/** @throws TypeError with a line for each sink, condition or spool that cannot be used. */
export async function openEvents(
  config: Pick<Config, 'events' | 'sinks' | 'spool'> & Partial<Pick<Config, 'authorize'>>,
  world: EventsWorld,
): Promise<OpenEvents> {
  const { log, tracing, watch } = world;
  const spool = await openSpoolOf(config, log);
  let outbox: Outbox | undefined;
  try {
    outbox = createOutbox({
      sinks: [
        ...all(config, { ...world, sinks: traceOwn(world.sinks, tracing) }),
        ...traceOpened(await openSinks(config.sinks, world, targetsOf(config)), config.sinks, tracing),
      ],
      spool,
      log,
      watch,
    });
    const routes = createRoutingTable(config.events.routes, {
      pipelines: outbox.pipelines,
      compile: await conditionsOf(config),
    });
    const calls = new RepeatedCalls({ now: () => performance.now() });
    const stamp = createStamp({ now: Date.now, newId: (event, origin) => calls.idOf(event, origin) });
    const router = new EventRouter({
      routes,
      stamp: tracing?.stamp(stamp) ?? stamp,
      clock: systemClock,
      watch,
      conditionFailed: createConditionLog(log),
    });
    return { outbox, router, close: (timeout) => close(outbox as Outbox, spool, timeout) };
  } catch (error) {
    await outbox?.close(1);
    await spool?.close();
    throw error;
  }
}

/** Targets that events may not choose, unless the operator has written them. */
function targetsOf({ events, authorize }: Parameters<typeof openEvents>[0]): TargetWorld {
  const written = events.routes.map(({ shape: { target = '' } }) => target.split('${', 1)[0] as string);
  return { grantKeys: [grantPrefixOf({ authorize })], written: written.filter((text) => text !== '') };
}

/** Sinks that take every event: standard output, and those of an application that uses the library. */
function all({ events }: Pick<Config, 'events'>, { sinks, log }: EventsWorld): OpenedSink[] {
  const stdout = createStdoutSink({ format: events.stdout, log });
  if (stdout === undefined && sinks.length === 0) return [];
  const { retry, ...queue } = Queue.parse({});
  const own = { queue: { ...queue, retry, concurrency: 1 }, keepsEvents: true, takesAll: true };
  const opened = sinks.map((sink): OpenedSink => ({ ...own, sink }));
  if (stdout === undefined) return opened;
  // It waits for its reader, however long that takes.
  return [{ ...own, sink: stdout, queue: { ...own.queue, retry: { ...retry, timeout: 0 } } }, ...opened];
}

async function openSpoolOf({ spool }: Pick<Config, 'spool'>, log: Logger): Promise<Spool | undefined> {
  if (spool === undefined) return undefined;
  const { openSpool } = await import('./spool/open-spool.ts');
  return await openSpool(spool, { log, now: Date.now });
}

async function conditionsOf({ events }: Pick<Config, 'events'>) {
  if (events.routes.every(({ when }) => when === undefined)) return undefined;
  const { openConditions } = await import('../payload/conditions/open.ts');
  return await openConditions();
}

function createConditionLog(log: Pick<Logger, 'warn'>): (source: string, reason: string) => void {
  const rateLimit = createRateLimit({ perSecond: 1 });
  return (source, reason) =>
    rateLimit(source, (times) =>
      log.warn(
        { when: source, reason, times },
        'the condition of a route failed: the route did not take these events (events.routes)',
      ),
    );
}

async function close(outbox: Outbox, spool: Spool | undefined, timeout: number): Promise<Undelivered> {
  const left = await outbox.close(timeout);
  await spool?.close();
  return left;
}
