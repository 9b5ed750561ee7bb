/**
 * An event on its way into sinks. It is encoded when it is first read, which is after the broker has its answer, and
 * only once, however many sinks get it.
 */
import { renderText } from '../policy/text/text-template.ts';
import type { StampedEvent } from '../protocol/schema/event.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { clientOf, valuesOf } from '../sinks/cloudevents/event-fields.ts';
import type { Delivery, DeliveryFormat } from '../sinks/delivery.ts';
import { type Encoded, encode, payloadOf } from './encode.ts';
import { sizeOf } from './estimate.ts';
import type { Shape } from './shape.ts';

interface Raw {
  readonly event: StampedEvent;
  readonly hook: HookName;
  readonly input: HookInput;
}

interface Made extends Encoded {
  readonly target: string | undefined;
}

export class EventDelivery implements Delivery {
  readonly id: string;
  readonly key: string;
  readonly #shape: Shape;
  /** Nothing once it is compacted. */
  #raw: Raw | undefined;
  #event: StampedEvent | undefined;
  #made: Made | undefined;

  constructor(shape: Shape, event: StampedEvent, hook: HookName, input: HookInput) {
    this.id = event.id;
    this.key =
      shape.key === undefined ? clientOf(input) : renderText(shape.key, valuesOf(event, hook, input));
    this.#shape = shape;
    this.#raw = { event, hook, input };
  }

  get format(): DeliveryFormat {
    return this.#shape.format;
  }

  get target(): string | undefined {
    return this.#shape.target === undefined ? undefined : this.#make().target;
  }

  get contentType(): string {
    return this.#make().contentType;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#make().attributes;
  }

  get body(): Uint8Array {
    return this.#make().body;
  }

  /** The event with the data that the route wants; nothing once it is compacted. */
  get event(): StampedEvent | undefined {
    if (this.#event === undefined && this.#raw !== undefined) this.#event = this.#shaped(this.#raw.event);
    return this.#event;
  }

  /**
   * Encodes the event and releases the request, whose bytes are views of much larger packets, and Node's buffer pool,
   * of which a small buffer retains 8 KiB: for a delivery that has to wait.
   *
   * @returns the bytes of memory it holds from now on, roughly.
   */
  compact(): number {
    const made = this.#make();
    const { attributes, target } = made;
    const body = withoutPool(made.body);
    this.#made = { ...made, body };
    this.#raw = undefined;
    this.#event = undefined;
    return sizeOf({ id: this.id, key: this.key, target, attributes, body });
  }

  /** The same for a sink that wants the event itself: keeps the event, and copies its payload. */
  copyPayload(): void {
    if (this.#raw === undefined) return;
    const { event } = this.#raw;
    const own = withOwnPayload(event);
    if (own === event) return;
    this.#raw = { ...this.#raw, event: own };
    this.#event = undefined;
  }

  #make(): Made {
    if (this.#made !== undefined) return this.#made;
    const { event, hook, input } = this.#raw as Raw;
    const { format, target } = this.#shape;
    this.#made = {
      ...encode(this.event ?? event, format, input),
      target: target && renderText(target, valuesOf(event, hook, input)),
    };
    return this.#made;
  }

  #shaped(event: StampedEvent): StampedEvent {
    const { select } = this.#shape;
    if (select === undefined) return event;
    try {
      return { ...event, data: select(event.data) };
    } catch {
      // The data of a custom hook may have a getter that throws.
      return { ...event, data: { error: 'the data of this event cannot be read' } };
    }
  }
}

function withoutPool(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes : new Uint8Array(bytes);
}

/** A payload may retain a packet of at most this many times its own size. */
const MAX_RETAINED = 4;

function withOwnPayload(event: StampedEvent): StampedEvent {
  const payload = payloadOf(event.data);
  if (payload === undefined || payload.buffer.byteLength <= MAX_RETAINED * payload.byteLength) return event;
  const message = { ...(event.data.message as object), payload: new Uint8Array(payload) };
  return { ...event, data: { ...event.data, message } };
}
