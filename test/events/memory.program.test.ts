import { describe, expect, it } from 'vitest';
import { estimateBytes } from '../../src/events/estimate.ts';
import { EventDelivery } from '../../src/events/event-delivery.ts';
import { compileShape } from '../../src/events/shape.ts';
import type { StampedEvent } from '../../src/protocol/schema/event.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import type { DeliveryFormat } from '../../src/sinks/delivery.ts';
import { collect } from '../support/collect.ts';
import { aMessage, aMeta } from '../support/inputs.ts';
import { aClock, aPipeline, aSink } from './support.ts';

const EVENTS = 10_000;

/** Each with new strings, as if just decoded. */
function anEvent(i: number, payloadBytes: number): { event: StampedEvent; input: HookInput } {
  const own = (text: string) => Buffer.from(`${text}${i % 10}`).toString();
  const message = aMessage({
    id: i.toString(16).padStart(32, '0'),
    from: own('sensor-berlin-'),
    topic: own('plant/berlin/line/4/press/temperature/'),
    payload: new Uint8Array(payloadBytes).fill(120),
    headers: { username: own('plant-berlin-'), protocol: 'mqtt', peerhost: own('10.0.31.11') },
  });
  const input = { message, meta: aMeta() } as unknown as HookInput;
  const event: StampedEvent = {
    id: `${message.id}/message.publish`,
    source: 'emqx://emqxcl/emqx@10.0.12.7',
    type: 'emqx.message.publish',
    subject: message.topic,
    time: i,
    data: { message },
  };
  return { event, input };
}

/** Buffers are freed beside the collection: again until nothing more is. */
async function bytesInUse(): Promise<number> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (heapUsed + arrayBuffers > before - 10_000) return heapUsed + arrayBuffers;
    before = heapUsed + arrayBuffers;
  }
}

/** The memory of a queue whose sink is down, and the memory that it reports: bytes per event. */
async function fill(format: DeliveryFormat, payloadBytes: number) {
  const clock = aClock();
  const sink = {
    ...aSink(),
    write: async () => {
      throw new Error('down');
    },
  };
  const { pipeline } = aPipeline(sink, { clock, queue: { maxEvents: EVENTS, maxBytes: '1GiB' } });
  const { memory } = pipeline.queue;
  const shape = compileShape({ format, pick: undefined, drop: undefined, key: undefined, target: undefined });
  const before = await bytesInUse();
  for (let i = 0; i < EVENTS; i++) {
    const { event, input } = anEvent(i, payloadBytes);
    pipeline.push(
      new EventDelivery(shape, event, 'message.publish', input),
      estimateBytes(event),
      'drop-oldest',
    );
    // Calls leave their own buffers in Node's pool.
    Buffer.from('a reply of some length'.repeat(10));
    if (i % 100 === 0) await clock.settle();
  }
  await clock.settle();
  const takes = ((await bytesInUse()) - before) / EVENTS;
  expect(memory.events).toBe(EVENTS);
  return { takes, counted: memory.bytes / EVENTS };
}

describe('the bytes that a queue counts', () => {
  it.each([
    ['structured', 20],
    ['structured', 300],
    ['structured', 5_000],
    ['binary', 300],
    ['raw', 300],
    ['raw', 5_000],
  ] as const)('match what events take: %s, with a payload of %d bytes', async (format, payloadBytes) => {
    const { takes, counted } = await fill(format, payloadBytes);
    expect(takes / counted).toBeGreaterThan(0.8);
    expect(takes / counted).toBeLessThan(1.2);
  });
});
