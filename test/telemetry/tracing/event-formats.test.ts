/** Where the trace of an event is, in each format; and that events without one are as they were. */
import { describe, expect, it } from 'vitest';
import { EventDelivery } from '../../../src/events/event-delivery.ts';
import { plainShape } from '../../../src/events/shape.ts';
import { decodeDelivery, encodeDelivery } from '../../../src/events/spool/delivery-codec.ts';
import type { StampedEvent } from '../../../src/protocol/schema/event.ts';
import type { HookInput } from '../../../src/protocol/schema/requests.ts';
import { findCloudEventProblems } from '../../program/support/cloud-events.ts';
import { aClient, aMeta } from '../../support/inputs.ts';
import { SAMPLED } from './support.ts';

const input = { meta: aMeta(), clientinfo: aClient(), props: [], userProps: [] } as unknown as HookInput;
const plain: StampedEvent = {
  id: '1',
  source: 'emqx://c/n',
  type: 'emqx.client.connected',
  subject: 'sub-a',
  time: 0,
  data: { n: 1 },
};
const deliveryFormats = ['structured', 'binary', 'raw'] as const;
const traced: StampedEvent = { ...plain, traceparent: SAMPLED };

const deliver = (event: StampedEvent, format: (typeof deliveryFormats)[number]) =>
  new EventDelivery({ ...plainShape, format }, event, 'client.connected', input);
const textOf = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString();

describe('an event of a traced call', () => {
  it('is a good CloudEvent, and differs in its traceparent only', () => {
    const text = textOf(deliver(traced, 'structured'));
    expect(findCloudEventProblems(text)).toStrictEqual([]);
    const { traceparent, ...rest } = JSON.parse(text);
    expect(traceparent).toBe(SAMPLED);
    expect(JSON.stringify(rest)).toBe(textOf(deliver(plain, 'structured')));
  });

  it.each(deliveryFormats)('has it among its attributes as %s, and after a stay on disk', (format) => {
    const delivery = deliver(traced, format);
    const stored = decodeDelivery(encodeDelivery(delivery, 0));
    for (const { attributes } of [delivery, stored ?? { attributes: {} }])
      expect(attributes).toStrictEqual({ ...deliver(plain, format).attributes, traceparent: SAMPLED });
    if (format !== 'structured') expect(textOf(delivery)).toBe(textOf(deliver(plain, format)));
  });

  it('has it when a route picks parts of the data', () => {
    const select = () => ({});
    const delivery = new EventDelivery({ ...plainShape, select }, traced, 'client.connected', input);
    expect(delivery.event?.traceparent).toBe(SAMPLED);
    expect(JSON.parse(textOf(delivery))).toMatchObject({ traceparent: SAMPLED, data: {} });
  });
});

describe('an event of another call', () => {
  it.each(deliveryFormats)('has no such attribute as %s', (format) => {
    const delivery = deliver(plain, format);
    expect(delivery.attributes).not.toHaveProperty('traceparent');
    expect(textOf(delivery)).not.toContain('trace');
  });
});
