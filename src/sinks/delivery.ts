/** An event for a sink, shaped and encoded for its route, with its target. */
import type { StampedEvent } from '../protocol/schema/event.ts';

/** How the body of a delivery is made; see docs/events.md. */
export type DeliveryFormat = 'structured' | 'binary' | 'raw';

export interface Delivery {
  /** The id of the event: the same for each attempt and after each restart. Sinks can use it to drop duplicates. */
  readonly id: string;
  /** Deliveries with the same key arrive in order. The client id, or `''` if there is none. */
  readonly key: string;
  /** The subject, topic, stream, table, routing key or path of this delivery. Default: the sink's own. */
  readonly target?: string | undefined;
  readonly format: DeliveryFormat;
  /** The media type of the body. */
  readonly contentType: string;
  /**
   * CloudEvents context attributes by unprefixed names: `id`, `source`, `type`, `time`, ... In the structured format
   * they are in the body too. Values may contain any character: a sink encodes them for its headers.
   */
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The event itself; absent if the delivery comes from the spool. */
  readonly event?: StampedEvent | undefined;
}
