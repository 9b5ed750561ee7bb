import type { QueueOptions } from '../config/sections/queue.ts';
import type { Sink } from '../sinks/sink.ts';

/** A sink as the configuration wants it. */
export interface OpenedSink {
  readonly sink: Sink;
  readonly queue: QueueOptions & { readonly concurrency: number };
  /** Whether it wants events themselves and not only their encoded form. */
  readonly keepsEvents?: boolean;
  /** The name of another sink, or a file. */
  readonly deadLetter?: string | { readonly file: string } | undefined;
  /** Whether it takes every event, without a route. */
  readonly takesAll?: boolean;
  /** Whether the server is ready only while it can be reached. */
  readonly isRequired?: boolean;
}
