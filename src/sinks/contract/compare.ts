/** Compares what the system behind a sink holds with what was delivered. */
import assert from 'node:assert/strict';
import type { Delivery } from '../delivery.ts';
import type { Received, SinkSubject } from './subject.ts';

/**
 * Reads the system and compares: everything is there, unchanged and in the order of its key, and without duplicates if
 * the system drops them.
 *
 * @param mayRepeat true after failures; else duplicates are an error.
 */
export async function assertReceived(
  subject: Pick<SinkSubject, 'read' | 'ordering' | 'duplicates'>,
  deliveries: readonly Delivery[],
  mayRepeat = false,
): Promise<void> {
  const matches = match(deliveries, await subject.read());
  for (const { delivery, received } of matches) assertSame(delivery, received);
  assertComplete(deliveries, matches);
  if (!mayRepeat || subject.duplicates === 'dropped') assertOnce(matches);
  if (subject.ordering === 'per-key') assertOrder(deliveries, matches);
}

interface Match {
  readonly delivery: Delivery;
  readonly received: Received;
}

/** Pairs what was received, in order, with its origin; ignores what other cases have written. */
export function match(deliveries: readonly Delivery[], received: readonly Received[]): Match[] {
  const byId = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const byBody = new Map(deliveries.map((delivery) => [hex(delivery.body), delivery]));
  return received.flatMap((one) => {
    const delivery = one.id === undefined ? byBody.get(hex(one.body)) : byId.get(one.id);
    return delivery === undefined ? [] : [{ delivery, received: one }];
  });
}

function assertComplete(deliveries: readonly Delivery[], matches: readonly Match[]): void {
  const there = new Set(matches.map(({ delivery }) => delivery.id));
  const missing = deliveries.filter(({ id }) => !there.has(id));
  assert.equal(
    missing.length,
    0,
    `${missing.length} of ${deliveries.length} deliveries are missing: ${name(missing)}`,
  );
}

function name(deliveries: readonly Delivery[]): string {
  return deliveries
    .slice(0, 3)
    .map(({ id, key, target, format }) => JSON.stringify({ id, key, target, format }))
    .join(', ');
}

function assertOnce(matches: readonly Match[]): void {
  const seen = new Set<string>();
  for (const { delivery } of matches) {
    assert.ok(!seen.has(delivery.id), `a delivery is duplicated: ${delivery.id}`);
    seen.add(delivery.id);
  }
}

/** Without repeats (the first counts), the deliveries of a key to one place are in order. */
function assertOrder(deliveries: readonly Delivery[], matches: readonly Match[]): void {
  const there = group(new Set(matches.map(({ delivery }) => delivery)));
  for (const [lane, ids] of group(deliveries))
    assert.deepEqual(there.get(lane), ids, `the deliveries of key and target ${lane} are not in order`);
}

/** The ids of each key and target. */
function group(deliveries: Iterable<Delivery>): Map<string, string[]> {
  const lanes = new Map<string, string[]>();
  for (const { id, key, target = null } of deliveries) {
    const lane = JSON.stringify([key, target]);
    lanes.set(lane, [...(lanes.get(lane) ?? []), id]);
  }
  return lanes;
}

function assertSame(delivery: Delivery, received: Received): void {
  const { id, key, format } = delivery;
  assert.equal(hex(received.body), hex(delivery.body), `the body of ${format} ${id} differs`);
  if (received.key !== undefined) assert.equal(received.key, key, `the key of ${format} ${id} differs`);
  if (received.contentType !== undefined)
    assert.equal(received.contentType, delivery.contentType, `the content type of ${format} ${id} differs`);
  if (format === 'binary') assert.deepEqual({ ...received.attributes }, { ...delivery.attributes });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
