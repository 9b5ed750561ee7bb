/** What a sink is given: an event, shaped and encoded as its route wants it, and where it is to go. */
import type { StampedEvent } from '../protocol/schema/event.ts';

/** How the body of a delivery is made; see docs/events.md. */
export type DeliveryFormat = 'structured' | 'binary' | 'raw';

export interface Delivery {
  /** The id of the event: the same at each attempt and after each restart, so that sinks can drop duplicates. */
  readonly id: string;
  /** Orders deliveries: those of one key arrive in order. The client id, or `''` where there is none. */
  readonly key: string;
  /** The subject, topic, stream, table, routing key or path of this delivery; nothing: the sink's own. */
  readonly target?: string | undefined;
  readonly format: DeliveryFormat;
  /** Of the body: a media type. */
  readonly contentType: string;
  /**
   * CloudEvents context attributes by their names without a prefix: `id`, `source`, `type`, `time`, ... In the
   * structured format they stand in the body too. Values may hold any character: a sink encodes them for its headers.
   */
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The event itself; absent when the delivery comes from the disk. */
  readonly event?: StampedEvent | undefined;
}
