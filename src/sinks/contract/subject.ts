/** What you tell the contract suite about the sink under test and the system behind it. */
import type { Delivery } from '../delivery.ts';
import type { Sink } from '../sink.ts';

export interface ContractCase {
  /** A sentence about the behaviour of a sink. */
  readonly title: string;
  /** @throws AssertionError when the sink behaves otherwise. */
  run(): Promise<void>;
}

/** A delivery as the sink's system holds it, read by other means than the sink. Omit what is unknown. */
export interface Received {
  /** Required, except for raw deliveries if the system holds nothing but the body. */
  readonly id?: string | undefined;
  readonly key?: string | undefined;
  readonly body: Uint8Array;
  readonly contentType?: string | undefined;
  /** For the binary format: decoded, as the documentation of the sink describes. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Where it was found, in the system's terms. */
  readonly target?: string | undefined;
}

/** The process behind the sink. What it confirmed must be there again after each start. */
export interface SinkServer {
  /** Starts it again at the same address; resolves when it accepts connections. */
  start(): Promise<void>;
  /** Stops it as an administrator would. */
  stop(): Promise<void>;
  /** Kills it like a crash: SIGKILL. */
  kill(): Promise<void>;
}

/** A wrong configuration of the sink, or a system that does not match it. */
export interface BrokenSink {
  /** Such as `the password is wrong`. */
  readonly title: string;
  open(): Promise<Sink>;
  /** What `check()` says. */
  readonly says: RegExp;
  /** Texts that `check()` must not contain. */
  readonly secrets?: readonly string[];
}

/** Every function is called while the suite runs, not before: it may use what was set up by then. */
export interface SinkSubject {
  /** Opens the sink; called for each case. */
  open(): Promise<Sink>;
  /** Returns everything that the system holds, from all cases so far, in order. Called while the system is up. */
  read(): Promise<readonly Received[]>;
  /** Omit it if there is no process behind the sink. */
  readonly server?: SinkServer | undefined;
  /**
   * `per-key`: `read` returns the deliveries of one key in the order in which they were written. `none`: the system
   * keeps no order.
   */
  readonly ordering: 'per-key' | 'none';
  /**
   * `dropped`: an id is there once, however often it was written. `possible`: after a failure it may be there several
   * times.
   */
  readonly duplicates: 'dropped' | 'possible';
  /** Changes a delivery so that the system rejects it permanently. Omit it if the system accepts everything. */
  readonly refuse?: ((delivery: Delivery) => Delivery) | undefined;
  /** Whether the sink uses `target`. Default: false. */
  readonly hasTargets?: boolean | undefined;
  /** Sinks that cannot work: for each, `check` says why and `write` confirms nothing. */
  readonly broken?: readonly BrokenSink[] | undefined;
  /** The formats that the sink accepts. Default: all three. */
  readonly formats?: readonly Delivery['format'][] | undefined;
  /** Size of the largest body, in bytes. Default: 256 KiB. */
  readonly largeBody?: number | undefined;
  /** Longest wait for anything before a case fails, in milliseconds. Default: 30,000. */
  readonly patience?: number | undefined;
}
