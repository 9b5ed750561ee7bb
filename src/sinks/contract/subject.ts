/** What the contract suite of sinks is told about the sink that it tests, and about the system behind it. */
import type { Delivery } from '../delivery.ts';
import type { Sink } from '../sink.ts';

export interface ContractCase {
  /** A sentence about the behaviour of a sink. */
  readonly title: string;
  /** @throws AssertionError when the sink behaves otherwise. */
  run(): Promise<void>;
}

/** A delivery as the sink's system holds it, read with something other than the sink. What it cannot tell is absent. */
export interface Received {
  /** Needed, except of raw deliveries where the system holds nothing but the body. */
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
  /** Of the binary format: decoded, as the documentation of the sink says. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Where it was found, as it is called there. */
  readonly target?: string | undefined;
}

/** The process behind the sink. What it had confirmed is there again after each start. */
export interface SinkServer {
  /** Starts it again, on the same address; resolves when it takes connections. */
  start(): Promise<void>;
  /** Ends it as an administrator would. */
  stop(): Promise<void>;
  /** Ends it as a crash would: SIGKILL. */
  kill(): Promise<void>;
}

/** A way to configure the sink wrongly, or a system that does not fit. */
export interface BrokenSink {
  /** Such as `the password is wrong`. */
  readonly title: string;
  open(): Promise<Sink>;
  /** What `check()` says. */
  readonly says: RegExp;
  /** Texts that it must not say. */
  readonly secrets?: readonly string[];
}

/** Everything is called while the suite runs, not before: it may use what is set up by then. */
export interface SinkSubject {
  /** Opens the sink; called for each case. */
  open(): Promise<Sink>;
  /** All that the system holds, of every case so far, in its order. Asked while the system is up. */
  read(): Promise<readonly Received[]>;
  /** Absent when there is no process behind the sink. */
  readonly server?: SinkServer | undefined;
  /**
   * `per-key`: what `read` returns has the deliveries of one key in the order in which they were written.
   * `none`: the system keeps no order.
   */
  readonly ordering: 'per-key' | 'none';
  /**
   * `dropped`: an id is there once, however often it was written. `possible`: after a failure it may be there
   * several times.
   */
  readonly duplicates: 'dropped' | 'possible';
  /** Changes a delivery so that the system refuses it for good. Absent: it takes everything. */
  readonly refuse?: ((delivery: Delivery) => Delivery) | undefined;
  /** Whether the sink goes by `target`. Default: false. */
  readonly hasTargets?: boolean | undefined;
  /** Sinks that cannot work: for each, `check` says why and `write` confirms nothing. */
  readonly broken?: readonly BrokenSink[] | undefined;
  /** The formats that the sink takes. Default: all three. */
  readonly formats?: readonly Delivery['format'][] | undefined;
  /** Bytes of the largest body. Default: 256 KiB. */
  readonly largeBody?: number | undefined;
  /** The longest wait for anything, in milliseconds, before a case fails. Default: 30,000. */
  readonly patience?: number | undefined;
}
