/**
 * Keeps what clients choose from places that are a system's own: keys of grants in Redis, topics of a broker that begin
 * with "$", internal topics of Kafka, queues of RabbitMQ that begin with "amq.". NATS subjects are encoded instead.
 */
import type { SinkSection } from '../config/sections/sinks.ts';
import type { Delivery } from './delivery.ts';
import type { Receipt, Sink } from './sink.ts';

/** Why a delivery may not go where it leads, or nothing. */
export type FindForbidden = (delivery: Delivery) => string | undefined;

export interface TargetWorld {
  /** What the keys of grants begin with. */
  readonly grantKeys: readonly string[];
  /** The literal beginnings of the targets of routes: what an operator has written is meant. */
  readonly written: readonly string[];
}

/** What of a sink's system is its own; nothing where no target leads there. */
export function forbiddenIn(
  sink: SinkSection,
  { grantKeys, written }: TargetWorld,
): FindForbidden | undefined {
  const { redis, mqtt, kafka, rabbitmq } = sink;
  if (redis !== undefined)
    return refuse(grantKeys, 'the key is one of those of grants (authorize.grants.redis.prefix)', written);
  if (mqtt !== undefined) {
    const ofTopic = refuse(['$'], 'the topic begins with "$": such topics are the broker\'s own', written);
    // Without a topic of its own, an event goes where its message went.
    return (delivery) => ofTopic(mqtt.topic === undefined ? withSubject(delivery) : delivery);
  }
  if (kafka !== undefined)
    return refuse(['_'], 'the topic begins with "_": such topics are internal', written);
  if (rabbitmq !== undefined && rabbitmq.exchange === undefined)
    return refuse(['amq.'], 'the queue begins with "amq.": such queues are the server\'s own', written);
  return undefined;
}

function refuse(starts: readonly string[], reason: string, written: readonly string[]): FindForbidden {
  const isWritten = (target: string, start: string) =>
    written.some((text) => text.startsWith(start) && target.startsWith(text));
  return ({ target }) =>
    target !== undefined && starts.some((start) => target.startsWith(start) && !isWritten(target, start))
      ? reason
      : undefined;
}

const withSubject = (delivery: Delivery): Delivery =>
  delivery.target === undefined ? ({ target: delivery.attributes.subject } as Delivery) : delivery;

/** The sink, which is never given what is forbidden: that is rejected, and becomes a dead letter. */
export function guardTargets(sink: Sink, find: FindForbidden): Sink {
  return {
    name: sink.name,
    ...(sink.check && { check: () => sink.check?.() as Promise<void> }),
    close: () => sink.close(),
    write(batch, signal, isWanted) {
      const reasons = batch.map(find);
      if (reasons.every((reason) => reason === undefined)) return sink.write(batch, signal, isWanted);
      return writeRest(batch, reasons, (rest) => sink.write(rest, signal, isWanted));
    },
  };
}

async function writeRest(
  batch: readonly Delivery[],
  reasons: readonly (string | undefined)[],
  write: (rest: readonly Delivery[]) => ReturnType<Sink['write']>,
): Promise<Receipt> {
  const kept = batch.flatMap((_, index) => (reasons[index] === undefined ? [index] : []));
  const rest = kept.map((index) => batch[index] as Delivery);
  const receipt = rest.length === 0 ? undefined : await write(rest);
  const placeOf = (index: number) => kept[index] as number;
  return {
    rejected: [
      ...reasons.flatMap((reason, index) => (reason === undefined ? [] : [{ index, reason }])),
      ...(receipt?.rejected ?? []).map(({ index, reason }) => ({ index: placeOf(index), reason })),
    ],
    unconfirmed: receipt?.unconfirmed?.map(placeOf),
  };
}
