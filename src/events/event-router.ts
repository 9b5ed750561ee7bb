/**
 * Routes the events of a call to sinks. A hook without routes costs nothing, and no answer waits unless a route says
 * so.
 */

import type { ReplyOverride } from '../core/runtime.ts';
import { askCondition, type Condition, type ConditionWork, conditionWork } from '../policy/condition.ts';
import type { EventInput } from '../policy/condition-variables.ts';
import { Failure } from '../protocol/failure.ts';
import type { Event, StampedEvent } from '../protocol/schema/event.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import type { Stamp } from '../sinks/cloudevents/stamp.ts';
import { type AwaitedDelivery, awaitSink, awaitSpool } from './await-delivery.ts';
import type { Clock } from './clock.ts';
import { estimateSafely } from './estimate.ts';
import { EventDelivery } from './event-delivery.ts';
import type { EventSender } from './event-sender.ts';
import type { EventWatch } from './event-watch.ts';
import { type CompiledRoute, isOnTopic, type RoutingTable, waitingHooks } from './routing-table.ts';
import type { SinkPipeline } from './sink-pipeline.ts';

export interface EventRouterOptions {
  readonly routes: RoutingTable;
  readonly stamp: Stamp;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Called when a condition of a route failed on an event, which the route does not take then. */
  readonly conditionFailed: (route: string, reason: string) => void;
  /** Told of every event. Default: nobody is. */
  readonly watch?: EventWatch | undefined;
}

/** One event of a call. */
interface Emission {
  readonly hook: HookName;
  readonly input: HookInput;
  readonly event: StampedEvent;
  readonly bytes: number;
  /** When the answer must be sent, by the clock. */
  readonly deadline: number;
}

export class EventRouter implements EventSender {
  readonly waits: ReadonlySet<HookName>;
  readonly #options: EventRouterOptions;

  constructor(options: EventRouterOptions) {
    this.#options = options;
    this.waits = waitingHooks(options.routes);
    for (const { routes } of Object.values(options.routes))
      for (const { waitsFor, pipelines } of routes)
        if (waitsFor === 'sink') for (const pipeline of pipelines) pipeline.expectWaiters();
  }

  emit(
    hook: HookName,
    input: HookInput,
    events: readonly Event[],
    deadline: number,
  ): Promise<ReplyOverride> | undefined {
    if (this.#options.routes[hook] === undefined) return undefined;
    const waiting: Promise<ReplyOverride>[] = [];
    for (const reported of events) {
      const event = this.#options.stamp(reported, input);
      this.#options.watch?.stamped(event);
      this.#route({ hook, input, event, bytes: estimateSafely(event), deadline }, waiting);
    }
    if (waiting.length < 2) return waiting[0];
    return Promise.all(waiting).then(strictestOf);
  }

  #route(emission: Emission, waiting: Promise<ReplyOverride>[]): void {
    const { routes = [], hasOverlap = false } = this.#options.routes[emission.hook] ?? {};
    let work: ConditionWork | undefined;
    const taken = hasOverlap ? new Set<SinkPipeline>() : undefined;
    for (const route of routes) {
      if (!isOnTopic(route, emission.input)) continue;
      if (route.condition !== undefined) {
        work ??= conditionWork();
        if (!this.#meetsCondition(route.condition, route, emission, work)) continue;
      }
      this.#send(route, emission, taken, waiting);
    }
  }

  /** If the condition fails where an answer waits, the event is stored: its publisher may have provoked the failure. */
  #meetsCondition(
    condition: Condition<EventInput>,
    { waitsFor }: CompiledRoute,
    { hook, event }: Emission,
    work: ConditionWork,
  ): boolean {
    const isMet = askCondition(
      condition,
      { hook, event },
      (reason) => this.#options.conditionFailed(condition.source, reason),
      work,
    );
    return isMet === 'unknown' ? waitsFor !== 'nothing' : isMet;
  }

  #send(
    route: CompiledRoute,
    emission: Emission,
    taken: Set<SinkPipeline> | undefined,
    waiting: Promise<ReplyOverride>[],
  ): void {
    const make = (): EventDelivery =>
      new EventDelivery(route.shape, emission.event, emission.hook, emission.input);
    // Sinks that do not want the event itself share one delivery: it is encoded once.
    let shared: EventDelivery | undefined;
    for (const pipeline of route.pipelines) {
      if (taken?.has(pipeline)) continue;
      taken?.add(pipeline);
      let delivery: EventDelivery;
      if (pipeline.opened.keepsEvents) delivery = make();
      else {
        shared ??= make();
        delivery = shared;
      }
      if (route.waitsFor === 'nothing') pipeline.push(delivery, emission.bytes, route.overflow);
      else waiting.push(this.#await(route, pipeline, delivery, emission));
    }
  }

  #await(
    { waitsFor, onFailure }: CompiledRoute,
    pipeline: SinkPipeline,
    delivery: EventDelivery,
    { bytes, deadline }: Emission,
  ): Promise<ReplyOverride> {
    const { clock } = this.#options;
    const budget = Math.max(0, deadline - clock.now());
    const awaited: AwaitedDelivery = { pipeline, delivery, bytes, onFailure, budget, clock };
    return waitsFor === 'sink' ? awaitSink(awaited) : awaitSpool(awaited);
  }
}

/** The strictest override: a refusal, then an error, then a dropped message. */
function strictestOf(all: readonly ReplyOverride[]): ReplyOverride {
  const refusal = all.find((one) => !(one instanceof Failure) && one?.kind === 'deny');
  return refusal ?? all.find((one) => one instanceof Failure) ?? all.find((one) => one !== undefined);
}
