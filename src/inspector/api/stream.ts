/** The stream of Live. */
import type { CallRow, EventRow } from './calls.ts';

export interface StreamQuery {
  readonly filter?: string;
  /** The `id` of the last message, to go on from there; as the header `Last-Event-ID`. Default: new calls only. */
  readonly after?: string;
}

/**
 * Messages of the stream, by their `event:` line; `data:` is the JSON. At most 20 messages a second of 200 rows each.
 * A comment every 15 seconds shows that the connection lives.
 */
export interface StreamMessages {
  /** The first one. */
  readonly start: {
    readonly epoch: string;
    readonly last: number;
    /** Whether it goes on after the `id` that was asked for. If not, forget what is shown: the server restarted. */
    readonly isResumed: boolean;
  };
  /** New calls, oldest first. Its `id:` is `EPOCH.SEQ` of the last call that was looked at. */
  readonly calls: readonly CallRow[];
  /** Newer states of calls that were sent: replace the rows' `events`. */
  readonly states: readonly { readonly seq: number; readonly events: readonly EventRow[] }[];
  /** Calls that were passed over, because the reader or the machine was behind. They may be in `/api/calls`. */
  readonly dropped: { readonly calls: number };
  /** Other policies are in force. */
  readonly revision: { readonly revision?: string | undefined };
  /** The server stops. */
  readonly end: { readonly message: string };
}
