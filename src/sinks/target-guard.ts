/**
 * Keeps targets that clients choose away from reserved ones: keys of grants in Redis, topics of a broker that begin
 * with "$", internal topics of Kafka, queues of RabbitMQ that begin with "amq.". NATS subjects are encoded instead.
 */
import type { Delivery } from './delivery.ts';
import type { ReservedWorld, SinkKind } from './kind.ts';
import type { Receipt, Sink } from './sink.ts';

/** Returns why a delivery may not go to its target, or undefined. */
export type FindForbidden = (delivery: Delivery) => string | undefined;

export interface TargetWorld extends ReservedWorld {
  /** The literal prefixes of the targets of routes: an operator wrote them on purpose. */
  readonly written: readonly string[];
}

/**
 * The reserved targets of a sink's system.
 *
 * @param options of the kind.
 * @returns undefined if no target of the route can reach them.
 */
export function findReserved(
  { target }: Pick<SinkKind, 'target'>,
  options: unknown,
  world: TargetWorld,
): FindForbidden | undefined {
  const reserved = target?.reserved?.(options, world);
  if (reserved === undefined) return undefined;
  const { starts, reason, orSubject } = reserved;
  const isWritten = (place: string, start: string) =>
    world.written.some((text) => text.startsWith(start) && place.startsWith(text));
  return (delivery) => {
    const place = delivery.target ?? (orSubject ? delivery.attributes.subject : undefined);
    return place !== undefined && starts.some((start) => place.startsWith(start) && !isWritten(place, start))
      ? reason
      : undefined;
  };
}

/** Wraps a sink: deliveries to reserved targets are rejected, and become dead letters. */
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
