/** What the server is, and what the page may do: `/api/info`. */

export interface Info {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** Another one after a restart: sequence numbers of another epoch mean nothing. */
  readonly epoch: string;
  readonly startedAt: number;
  readonly now: number;
  readonly capabilities: Capabilities;
  /** Of the policies in force; absent without policies. */
  readonly revision?: string | undefined;
  /** Address of the port that brokers call, such as `http://127.0.0.1:9000`. */
  readonly listen: string;
  readonly ring: Ring;
  /** Sinks by name, in the order of the configuration. */
  readonly sinks: readonly string[];
  /** All hook names, in the order of the protocol. */
  readonly hooks: readonly string[];
  readonly viewers: { readonly now: number; readonly max: number };
}

export interface Capabilities {
  /** Replay, recordings: `exhook dev`. */
  readonly dev: boolean;
  /** `/api/save`: `exhook dev --write` with a file. */
  readonly write: boolean;
  /** Whether payloads of messages are kept. */
  readonly payloads: boolean;
  /** The dev broker; absent in production. */
  readonly mqtt?:
    | { readonly tcp?: string | undefined; readonly ws?: string | undefined; readonly as: string }
    | undefined;
}

/** What is kept of calls. */
export interface Ring {
  readonly calls: number;
  readonly bytes: number;
  readonly maxCalls: number;
  readonly maxBytes: number;
  /** Most bytes that are kept of one payload. */
  readonly payloadBytes: number;
  /** Sequence numbers of the oldest and the newest call; 0 when there is none. */
  readonly first: number;
  readonly last: number;
}
