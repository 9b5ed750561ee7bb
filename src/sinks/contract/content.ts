/** Whatever a client may send arrives unchanged, and does no harm on the way. */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import type { Delivery, DeliveryFormat } from '../delivery.ts';
import type { Sink } from '../sink.ts';
import { assertReceived } from './compare.ts';
import { deliver } from './deliver.ts';
import { bytesOf, hostileTexts, makeDelivery } from './deliveries.ts';
import type { ContractCase, SinkSubject } from './subject.ts';
import { withSink } from './world.ts';

const allFormats: readonly DeliveryFormat[] = ['structured', 'binary', 'raw'];

export function contentCases(subject: SinkSubject): ContractCase[] {
  const { formats = allFormats, hasTargets = false } = subject;
  const plain = formats.filter((format) => format !== 'structured');
  const takesUnchanged = (what: string, make: () => Delivery[]): ContractCase =>
    withSink(subject, `delivers ${what} unchanged`, async (sink, patience) => {
      const deliveries = make();
      await deliver(sink, deliveries, { patience, batch: deliveries.length });
      await assertReceived(subject, deliveries);
    });
  return [
    ...formats.map((format) =>
      takesUnchanged(`events in the ${format} format`, () => [1, 2, 3].map(() => makeDelivery({ format }))),
    ),
    takesUnchanged('formats side by side in a batch', () =>
      formats.map((format) => makeDelivery({ format })),
    ),
    ...plain.flatMap((format) => [
      takesUnchanged(`an empty ${format} payload`, () => [makeDelivery({ format, body: new Uint8Array() })]),
      takesUnchanged(`${format} payloads of any bytes`, () =>
        oddBodies().map((body) => makeDelivery({ format, body })),
      ),
      takesUnchanged(`${format} payloads that are JSON, or say so`, () =>
        jsonBodies().map((text) =>
          makeDelivery({ format, body: bytesOf(text), contentType: 'application/json' }),
        ),
      ),
      takesUnchanged(`a large ${format} payload`, () => [
        makeDelivery({ format, body: randomBytes(subject.largeBody ?? 256 * 1024) }),
      ]),
    ]),
    ...formats.map((format) =>
      takesUnchanged(`client ids and topics that mean something elsewhere (${format})`, () =>
        hostileTexts.map((text) => makeDelivery({ format, key: text, attributes: hostileAttributes(text) })),
      ),
    ),
    takesUnchanged('ids that mean something elsewhere', () =>
      hostileTexts.map((text) => makeDelivery({ idPrefix: text.slice(0, 200) })),
    ),
    ...(hasTargets ? [targetCase(subject)] : []),
  ];
}

function hostileAttributes(text: string): Record<string, string> {
  return { subject: text, clientid: text, username: text };
}

/** Each with random bytes, to tell the cases apart. */
function oddBodies(): Uint8Array[] {
  const salt = randomBytes(8).toString('hex');
  return [
    randomBytes(1000),
    Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, i) => i)), bytesOf(salt)]),
    Buffer.concat([Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]), bytesOf(salt)]),
    bytesOf(`\ufeff${salt} with a byte order mark`),
    bytesOf(`line ${salt}\nline\r\nline\u2028line\0`),
    bytesOf(`${salt}'; DROP TABLE events; --`),
    bytesOf(`{"id":"${salt}"}`),
    bytesOf(`"${salt}"`),
  ];
}

function jsonBodies(): string[] {
  const salt = randomBytes(8).toString('hex');
  return [
    `{"a":1.0,"b":12345678901234567890,"a":2,"salt":"${salt}"}`,
    `{\n  "pretty": "${salt}"\n}`,
    `"${salt}"`,
    `{"broken": ${salt}`,
    `{"salt":"${salt}"}\n{"second":"line"}`,
  ];
}

/** A client that chooses topics chooses targets: whatever it chooses, the events of others arrive. */
function targetCase(subject: SinkSubject): ContractCase {
  const title = 'delivers or rejects events whose target means something elsewhere, and delivers all others';
  return withSink(subject, title, async (sink, patience) => {
    const { formats = allFormats } = subject;
    const taken: Delivery[] = [];
    for (const [i, target] of hostileTexts.entries())
      taken.push(
        ...(await deliverAround(sink, target, formats[i % formats.length] ?? 'structured', patience)),
      );
    await assertReceived(subject, taken, true);
  });
}

/** @returns which of the three the sink accepted. */
async function deliverAround(sink: Sink, target: string, format: DeliveryFormat, patience: number) {
  const [before, after] = [makeDelivery({ format }), makeDelivery({ format })];
  const hostile = makeDelivery({ format, target, key: 'hostile' });
  const { confirmed, rejected } = await deliver(sink, [before, hostile, after], { patience });
  for (const { delivery, reason } of rejected) {
    assert.equal(delivery.id, hostile.id, `rejected because of its neighbour: ${reason}`);
  }
  return confirmed;
}
