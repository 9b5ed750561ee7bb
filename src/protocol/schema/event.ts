import * as z from 'zod';

/**
 * A fact that a hook reports. The runtime adds source and time, and an id if the hook provides none.
 *
 * `id` is set if the broker identifies the subject: a call that is delivered twice yields the same event twice, and
 * sinks can drop the second. `data` may contain bytes and big integers: sinks encode them.
 */
export const Event = z.object({
  id: z.string().min(1).optional(),
  type: z.string().min(1),
  subject: z.string().optional(),
  data: z.custom<EventData>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    error: 'must be an object',
  }),
});

export type EventData = Readonly<Record<string, unknown>>;
export type Event = z.output<typeof Event>;

/** An event as sent to sinks: CloudEvents 1.0 context attributes and the data. */
export interface StampedEvent extends Event {
  readonly id: string;
  /** `emqx://<cluster>/<node>` */
  readonly source: string;
  /** Milliseconds since 1970, by our clock. */
  readonly time: number;
  /** Trace context of the call (W3C Trace Context), if it is traced and sampled. */
  readonly traceparent?: string;
}
