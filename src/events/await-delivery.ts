/**
 * Calls that are answered when an event is safe: confirmed by its sink, or on disk. Many calls share a batch or
 * a commit. When the event is not safe in time, the route decides what the broker is answered.
 */
import type { RouteSection } from '../config/sections/routes.ts';
import type { ReplyOverride } from '../core/runtime.ts';
import { MAX_TIMER_DELAY } from '../lib/timer.ts';
import { Failure } from '../protocol/failure.ts';
import { deny, drop } from '../protocol/schema/replies.ts';
import type { Delivery } from '../sinks/delivery.ts';
import type { Clock } from './clock.ts';
import type { Entry } from './entry.ts';
import type { SinkPipeline } from './sink-pipeline.ts';
import { tooBusy, tooLate } from './waiters.ts';

export type OnFailure = NonNullable<RouteSection['onFailure']>;

export interface AwaitedDelivery {
  readonly pipeline: SinkPipeline;
  readonly delivery: Delivery;
  /** Bytes of memory that it holds, roughly. */
  readonly bytes: number;
  readonly onFailure: OnFailure;
  /** Milliseconds until the answer must be out. */
  readonly budget: number;
  readonly clock: Pick<Clock, 'after'>;
}

/** The part of the time that is reserved for the spool in case the sink does not confirm. */
const SPOOL_RESERVE = 1 / 4;

/** Waits until the sink has confirmed the event. */
export async function awaitSink(awaited: AwaitedDelivery): Promise<ReplyOverride> {
  const { pipeline, onFailure, budget } = awaited;
  const spools = onFailure === 'spool' && pipeline.spool !== undefined;
  // New events stay behind older ones on disk, so that each client's order holds.
  if (spools && pipeline.spool.size > 0) return await awaitSpool({ ...awaited, onFailure: 'error' });
  const patience = spools ? budget * (1 - SPOOL_RESERVE) : budget;
  const { failure, entry } = await confirmed(awaited, patience);
  if (failure === undefined) return undefined;
  // An event that the sink rejected is a dead letter: spooling it would not help.
  if (spools && entry?.state !== 'gone') {
    if (entry !== undefined) pipeline.queue.withdraw(entry);
    pipeline.tally.unconfirmed(onFailure, failure.code);
    return await awaitSpool({ ...awaited, onFailure: 'error', budget: budget - patience });
  }
  return giveUp(spools ? { ...awaited, onFailure: 'error' } : awaited, failure, entry);
}

/** Waits until the event is on disk. */
export async function awaitSpool(awaited: AwaitedDelivery): Promise<ReplyOverride> {
  const { pipeline, delivery, budget, clock, onFailure } = awaited;
  let isWanted = true;
  const appended = pipeline.spool?.append(delivery, () => isWanted) ?? Promise.resolve();
  const failure = await new Promise<Failure | undefined>((resolve) => {
    const cancel = clock.after(Math.min(budget, MAX_TIMER_DELAY), () => {
      isWanted = onFailure === 'pass';
      resolve(new Failure('sink_failed', 'the spool did not take the event in time'));
    });
    appended
      .then(
        () => resolve(undefined),
        (error) => resolve(asFailure(error)),
      )
      .finally(cancel);
  });
  return failure === undefined ? undefined : giveUp(awaited, failure, undefined);
}

interface Confirmed {
  readonly failure: Failure | undefined;
  /** The entry in the queue; nothing if the event was not accepted. */
  readonly entry: Entry | undefined;
}

function confirmed(
  { pipeline, delivery, bytes, clock, onFailure }: AwaitedDelivery,
  patience: number,
): Promise<Confirmed> {
  // Fail at once: else clients would wait the full time for each message.
  if (pipeline.isHopeless(patience))
    return Promise.resolve({ failure: new Failure('sink_failed', 'the sink is down'), entry: undefined });
  if (pipeline.isTooBusy(delivery.key, patience))
    return Promise.resolve({ failure: tooBusy, entry: undefined });
  return new Promise((resolve) => {
    let cancel: () => void = () => {};
    const settled = (failure?: Failure): void => {
      cancel();
      resolve({ failure, entry });
    };
    const entry = pipeline.push(delivery, bytes, 'refuse', {
      patience,
      withdraws: onFailure !== 'pass',
      settled,
    });
    if (entry === undefined) {
      const failure = new Failure('sink_full', 'the queue of the sink is full');
      return resolve({ failure, entry });
    }
    cancel = clock.after(Math.min(patience, MAX_TIMER_DELAY), () => resolve({ failure: tooLate(), entry }));
  });
}

/** @param entry its entry in the queue, if it has one. */
function giveUp(
  { pipeline, delivery, bytes, onFailure }: AwaitedDelivery,
  failure: Failure,
  entry: Entry | undefined,
): ReplyOverride {
  pipeline.tally.unconfirmed(onFailure, failure.code);
  if (onFailure === 'pass') {
    if (entry !== undefined) pipeline.queue.stopWaiting(entry);
    else pipeline.push(delivery, bytes, 'drop-oldest');
    return undefined;
  }
  if (entry !== undefined) pipeline.queue.withdraw(entry);
  if (onFailure === 'disconnect') return deny(failure.code);
  return onFailure === 'drop' ? drop(failure.code) : failure;
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('sink_failed', 'the spool failed', { cause: error });
}
