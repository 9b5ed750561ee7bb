/** Calls, one by one and as a list. */
import type { EventDetail } from './sinks.ts';

export interface CallsQuery {
  /** A sequence number: older calls only. Default: from the newest. */
  readonly before?: string;
  /** 1 to 1000. Default: 200. */
  readonly limit?: string;
  /** See docs/inspector.md. */
  readonly filter?: string;
}

export interface Calls {
  /** Newest first. */
  readonly calls: readonly CallRow[];
  /** Whether older calls are in the ring. */
  readonly hasMore: boolean;
}

/** `failed`: the call ended with a gRPC status; its reply was none. */
export type Verdict =
  | 'allow'
  | 'deny'
  | 'ignore'
  | 'pass'
  | 'rewrite'
  | 'drop'
  | 'observed'
  | 'loaded'
  | 'failed';

/** What became of an event at a sink. `withdrawn`: its publisher was told that it is not stored. */
export type EventState =
  | 'queued'
  | 'sending'
  | 'retrying'
  | 'delivered'
  | 'spooled'
  | 'rejected'
  | 'dropped'
  | 'withdrawn';

/** One line of Live. */
export interface CallRow {
  readonly seq: number;
  readonly at: number;
  /** Until the answer was ready. */
  readonly ms: number;
  readonly hook: string;
  /** Version of the protocol: v1, v2 or v3. */
  readonly protocol: string;
  /** Number of the broker's connection; absent over HTTP/1.1 and Connect. */
  readonly connection?: number | undefined;
  readonly node: string;
  /** Empty when the call is not about a client. */
  readonly clientid: string;
  readonly username: string;
  readonly peerhost: string;
  /** Empty when the call is not about a topic; several filters of one subscribe are joined by `, `. */
  readonly topic: string;
  readonly action?: 'publish' | 'subscribe' | undefined;
  readonly qos?: number | undefined;
  /** Bytes of the message's payload, as it came. */
  readonly payloadBytes?: number | undefined;
  /** What was answered. */
  readonly verdict: Verdict;
  /** What the policy would have answered; in shadow mode only. */
  readonly shadow?: Verdict | undefined;
  /** The method, rule or rules that decided; empty without a policy. */
  readonly by: string;
  readonly reason: string;
  /** Code of the failure (docs/failures.md), also where `onError` answered. */
  readonly code?: string | undefined;
  /** `onError` answered, of the hook or of a message rule. */
  readonly isOnError: boolean;
  /** The broker made the same call before: an event of it had the same id. */
  readonly isDuplicate: boolean;
  /** The inspector made it: replay. */
  readonly isReplay: boolean;
  readonly lookups: number;
  readonly events: readonly EventRow[];
}

export interface EventRow {
  readonly id: string;
  readonly type: string;
  /** By name of the sink. Empty: no route took it. */
  readonly sinks: Readonly<Record<string, EventState>>;
}

export interface CallDetail {
  readonly row: CallRow;
  readonly request: CallRequest;
  readonly reply: CallReply;
  readonly lookups: readonly LookupRow[];
  readonly timing: Timing;
  readonly events: readonly EventDetail[];
  readonly raw: Raw;
  /** Texts to copy. Passwords are left out: the reader adds them. */
  readonly copy: Copies;
}

export interface CallRequest {
  /** The validated input as JSON: no password, `(a token)` for tokens, big integers as texts, no payload. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly message?: MessageView | undefined;
}

export interface MessageView {
  readonly topic: string;
  readonly qos: number;
  readonly payload: Payload;
}

export interface Payload {
  /** As it came. */
  readonly bytes: number;
  /** Bytes that are kept: fewer than `bytes` when it was cut, 0 when payloads are off. */
  readonly kept: number;
  /** Of what is kept. Absent when payloads are off. */
  readonly base64?: string | undefined;
  /** The same as text, when it is valid UTF-8. */
  readonly text?: string | undefined;
  /** Read by the codec of the rule that applied, as JSON. */
  readonly decoded?: { readonly codec: string; readonly value: unknown } | undefined;
}

export interface CallReply {
  readonly verdict: Verdict;
  /** What the broker got, in a few words: `deny`, `rewrite (topic "a", QoS 1, 12 bytes)`. */
  readonly text: string;
  /** What the broker does with it, by its version. */
  readonly effect: string;
  /** gRPC status and its name; 0 is OK. */
  readonly status: number;
  /** Of `rewrite`: the message as it becomes. */
  readonly message?: MessageView | undefined;
  /** Of `loaded`. */
  readonly hooks?: readonly { readonly name: string; readonly topics: readonly string[] }[] | undefined;
}

export interface LookupRow {
  /** Kind of the question, such as `authenticate/users`. */
  readonly kind: string;
  /** Since the call began. */
  readonly start: number;
  /** Absent while it runs, or when it was given up. */
  readonly ms?: number | undefined;
  /** Of login methods: allow, deny, unknown. `failed`: it threw. `answered`: anything else. */
  readonly outcome: 'allow' | 'deny' | 'unknown' | 'answered' | 'failed' | 'running';
  readonly reason?: string | undefined;
}

/** Parts of the call, in order; they add up to `total`. */
export interface Timing {
  readonly total: number;
  readonly parts: readonly {
    readonly name: 'decode and decide' | 'look-ups' | 'await sinks' | 'events, log and reply';
    readonly start: number;
    readonly ms: number;
  }[];
  /** Until the broker gives up; absent when it set no deadline. */
  readonly budget?: number | undefined;
}

export interface Raw {
  /** Path of the RPC, such as `/emqx.exhook.v3.HookProvider/OnClientAuthorize`. */
  readonly path: string;
  /** The request in the JSON form of protocol version 3, without a password. */
  readonly request: unknown;
  readonly reply: unknown;
}

export interface Copies {
  /** A case for `exhook test`; for logins, topics and messages. */
  readonly test?: string | undefined;
  /** A command line; for logins, topics and messages. */
  readonly explain?: string | undefined;
  readonly curl: string;
}
