import { describe, expect, it } from 'vitest';
import type { ShapeOptions } from '../../src/config/sections/shape.ts';
import { EventDelivery } from '../../src/events/event-delivery.ts';
import { compileShape } from '../../src/events/shape.ts';
import { shapeVariables } from '../../src/policy/text/shape-names.ts';
import type { StampedEvent } from '../../src/protocol/schema/event.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { aClient, aConnection, aMessage, aMeta } from '../support/inputs.ts';

const payload = new Uint8Array([0, 255, 1]);
const message = aMessage({ topic: 'a/b', from: 'c1', qos: 1, payload });

interface Options {
  readonly shape?: Partial<ShapeOptions>;
  readonly hook?: HookName;
  readonly input?: object;
  readonly data?: StampedEvent['data'];
}

function aDelivery({ shape = {}, hook = 'message.publish', input = { message }, data }: Options = {}) {
  const whole = { meta: aMeta(), ...input } as unknown as HookInput;
  const event: StampedEvent = {
    id: '1/message.publish',
    source: 'emqx://emqxcl/emqx@127.0.0.1',
    type: `emqx.${hook}`,
    subject: 'a/b',
    time: 0,
    data: data ?? (input as StampedEvent['data']),
  };
  const options = { pick: undefined, drop: undefined, key: undefined, target: undefined };
  const compiled = compileShape({ format: 'structured', ...options, ...shape });
  return new EventDelivery(compiled, event, hook, whole);
}

const textOf = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString();

describe('a structured delivery', () => {
  it('is CloudEvents JSON', () => {
    const delivery = aDelivery();
    expect(delivery).toMatchObject({
      id: '1/message.publish',
      key: 'c1',
      target: undefined,
      format: 'structured',
      contentType: 'application/cloudevents+json',
    });
    expect(delivery.attributes).toEqual({
      specversion: '1.0',
      id: '1/message.publish',
      source: 'emqx://emqxcl/emqx@127.0.0.1',
      type: 'emqx.message.publish',
      subject: 'a/b',
      time: '1970-01-01T00:00:00.000Z',
    });
    expect(JSON.parse(textOf(delivery))).toMatchObject({
      id: '1/message.publish',
      data: { message: { topic: 'a/b' } },
    });
  });

  it('contains only the parts of the data that the route picks', () => {
    const delivery = aDelivery({ shape: { drop: ['message.payload'] } });
    const { data } = JSON.parse(textOf(delivery));
    expect(data.message).not.toHaveProperty('payload');
    expect(data.message).not.toHaveProperty('payloadEncoding');
    expect(delivery.event?.data).toEqual(data.message && { message: { ...message, payload: undefined } });
  });

  it('is still encoded when reading the data throws', () => {
    const bad = Object.defineProperty({}, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    for (const drop of [undefined, ['x']])
      expect(JSON.parse(textOf(aDelivery({ shape: { drop }, data: bad }))).data).toHaveProperty('error');
  });
});

describe.each(['binary', 'raw'] as const)('a %s delivery', (format) => {
  it('has the payload of a message as its body, byte for byte', () => {
    const delivery = aDelivery({ shape: { format } });
    expect(delivery.body).toEqual(payload);
    expect(delivery.contentType).toBe('application/octet-stream');
    expect(delivery.attributes).toMatchObject({ id: '1/message.publish', clientid: 'c1', qos: '1' });
  });

  it.each([
    ['application/json', 'application/json'],
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['text/plain; a="b"', 'text/plain; a="b"'],
    ['text/plain ;\ta="b; c \\" d"', 'text/plain ; a="b; c \\" d"'],
    [' Text/Plain;charset=utf-8 ', 'Text/Plain;charset=utf-8'],
    ['text/plain; a="b\r\nx: y"', 'application/octet-stream'],
    [`text/plain; a="${'b'.repeat(2000)}"`, 'application/octet-stream'],
    ['text/plain\r\nx: y', 'application/octet-stream'],
    ['nothing', 'application/octet-stream'],
  ])('has the content type of the publisher if it is a media type: %j', (value, type) => {
    const input = { message, props: [{ name: 'Content-Type', value }] };
    expect(aDelivery({ shape: { format }, input }).contentType).toBe(type);
  });

  it('has its data as JSON as its body if there is no payload', () => {
    const input = { clientinfo: aClient({ clientid: 'c2' }), reason: 'normal' };
    const delivery = aDelivery({ shape: { format }, hook: 'client.disconnected', input });
    expect(delivery.contentType).toBe('application/json');
    expect(JSON.parse(textOf(delivery))).toMatchObject({ reason: 'normal' });
  });
});

describe('keys and targets of deliveries', () => {
  it.each<[string, object, string]>([
    ['the publisher of a message', { message }, 'c1'],
    ['the subscriber it is delivered to', { message, clientinfo: aClient({ clientid: 'c2' }) }, 'c2'],
    ['the client that connects', { conninfo: aConnection({ clientid: 'c3' }) }, 'c3'],
    ['nobody, for the broker itself', { broker: {} }, ''],
  ])('use as key %s', (_, input, key) => {
    expect(aDelivery({ input }).key).toBe(key);
  });

  it('are rendered from templates, with the values unchanged', () => {
    const odd = aMessage({ topic: 'a b/*.>/\u0001', from: "'; drop table x" });
    const delivery = aDelivery({
      input: { message: odd },
      shape: { key: '${topic}', target: 'mqtt.${hook}.${topic}.${clientid}' },
    });
    expect(delivery.key).toBe('a b/*.>/\u0001');
    expect(delivery.target).toBe("mqtt.message.publish.a b/*.>/\u0001.'; drop table x");
  });

  it('accept every placeholder', () => {
    const input = { message, clientinfo: aClient({ clientid: 'c2', username: 'u' }) };
    const target = shapeVariables.map((name) => `\${${name}}`).join('|');
    expect(aDelivery({ input, shape: { target } }).target).toBe(
      'c2|u|a/b|message.publish|emqx.message.publish|a/b|emqx@127.0.0.1|1/message.publish',
    );
  });
});

describe('a delivery that waits', () => {
  it('is unchanged after it has released the request', () => {
    const options = { shape: { target: '${topic}' } };
    const [fresh, settled] = [aDelivery(options), aDelivery(options)];
    expect(settled.compact()).toBeGreaterThan(settled.body.byteLength);
    expect(settled.event).toBeUndefined();
    for (const name of ['id', 'key', 'target', 'format', 'contentType', 'attributes'] as const)
      expect(settled[name]).toEqual(fresh[name]);
    expect(textOf(settled)).toBe(textOf(fresh));
  });

  it('does not retain a packet for a small payload', () => {
    const packet = new Uint8Array(65_536);
    const view = packet.subarray(10, 20);
    const input = { message: aMessage({ payload: view }) };
    const kept = aDelivery({ input });
    kept.copyPayload();
    const { message: own } = kept.event?.data ?? {};
    const { payload: held } = own as { payload: Uint8Array };
    expect([held, held.buffer.byteLength]).toEqual([view, 10]);
    const raw = aDelivery({ input, shape: { format: 'raw' } });
    raw.compact();
    expect(raw.body.buffer.byteLength).toBe(10);
  });
});
