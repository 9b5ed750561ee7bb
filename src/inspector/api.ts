/**
 * The inspector's HTTP API: the shape of every request and answer. Types only, so that the page in the browser imports
 * it too.
 *
 * Every request carries `Authorization: Bearer TOKEN`. Bodies and answers are JSON, except recordings (JSON lines) and
 * the stream (server-sent events). Times are milliseconds since 1970, with fractions; durations are milliseconds.
 * Names and topics come from clients: show them as text, with control characters escaped. Fields may be added.
 */

/** Method and path of each endpoint, with its request and answer. `Query` values are texts in the URL. */
export interface Endpoints {
  'GET /api/info': { readonly answer: Info };
  'GET /api/calls': { readonly query: CallsQuery; readonly answer: Calls };
  'GET /api/calls/:seq': { readonly answer: CallDetail };
  'GET /api/calls/:seq/why': { readonly answer: Why };
  'GET /api/events/:id': { readonly answer: EventDetail };
  'GET /api/sinks': { readonly answer: Sinks };
  'GET /api/series': { readonly query: { readonly since?: string }; readonly answer: Series };
  'GET /api/brokers': { readonly answer: Brokers };
  'GET /api/clients': { readonly query: ClientsQuery; readonly answer: Clients };
  'GET /api/config': { readonly answer: ConfigInForce };
  /** JSON Schema of the sections that a candidate policy may hold. */
  'GET /api/schema': { readonly answer: object };
  /** Server-sent events; see {@link StreamMessages}. */
  'GET /api/stream': { readonly query: StreamQuery };
  'POST /api/check': { readonly body: CheckRequest; readonly answer: Checked };
  'POST /api/compare': { readonly body: CompareRequest; readonly answer: Compared };
  'POST /api/explain': { readonly body: ExplainRequest; readonly answer: Why };
  /** The rest exists only where `Info.capabilities.dev` is set. */
  'POST /api/replay': { readonly body: ReplayRequest; readonly answer: Replayed };
  'GET /api/recordings': { readonly answer: Recordings };
  /** Starts a recording, or takes one: a body of type `application/x-ndjson`, at most 64 MiB, `?name=`. */
  'POST /api/recordings': { readonly body: { readonly name?: string }; readonly answer: RecordingRow };
  'POST /api/recordings/:id/stop': { readonly answer: RecordingRow };
  /** JSON lines, as `exhook serve --record` writes them. */
  'GET /api/recordings/:id': { readonly answer: string };
  'DELETE /api/recordings/:id': { readonly answer: Recordings };
  /** Where `Info.capabilities.write` is set. */
  'POST /api/save': { readonly body: SaveRequest; readonly answer: Saved };
}

/** The body of every answer with a status of 400 or above. */
export interface ApiError {
  readonly code: ApiErrorCode;
  /** For people: what is wrong, and what to do. Never a secret. */
  readonly message: string;
  readonly where?: Place | undefined;
}

export type ApiErrorCode =
  /** 400: a query, a filter or a body that cannot be read. */
  | 'bad_request'
  /** 401 */
  | 'unauthorized'
  /** 403: the Host header does not name this server. */
  | 'wrong_host'
  /** 403: the Origin header is not this page. */
  | 'wrong_origin'
  /** 403: only with `exhook dev`, or with `--write`. */
  | 'not_here'
  /** 404: no such path, or the call has left the ring. */
  | 'not_found'
  /** 405 */
  | 'wrong_method'
  /** 409: the file has changed on disk since it was read. */
  | 'changed'
  /** 413 */
  | 'too_large'
  /** 422: the candidate policy has problems; {@link ApiErrorWithProblems}. */
  | 'invalid_policy'
  /** 429: another comparison runs, or five pages look already. */
  | 'busy'
  /** 500: the log has the reason. */
  | 'internal'
  /** 503: it took more than its ten seconds. */
  | 'timeout';

export interface ApiErrorWithProblems extends ApiError {
  readonly code: 'invalid_policy';
  readonly problems: readonly PolicyProblem[];
}

/** A place in a file, or in the text of the request. Lines and columns count from 1. */
export interface Place {
  /** Absent: the text that the request holds. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** A path of the configuration, such as `authorize.rules[3]`. */
  readonly path?: string | undefined;
}

// --- Info -------------------------------------------------------------------------------------------------------

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

// --- Calls ------------------------------------------------------------------------------------------------------

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

// --- Why --------------------------------------------------------------------------------------------------------

/** Why a call ended as it did: the data of `exhook explain`. */
export interface Why {
  /** Absent when nothing was recorded: a question of `/api/explain`. */
  readonly seq?: number | undefined;
  readonly about: 'login' | 'topic' | 'message' | 'other';
  /** One sentence. */
  readonly sentence: string;
  readonly verdict: Verdict;
  readonly by: string;
  /** Revision of the policies that decided, and of those that explain. They differ after a reload. */
  readonly revision: { readonly decided?: string | undefined; readonly now?: string | undefined };
  /** What would be decided now, when it differs or the revision does. */
  readonly now?: { readonly verdict: Verdict; readonly by: string } | undefined;
  /** Steps that missed in one respect only, in order: look at these first. */
  readonly near: readonly WhyStep[];
  /** Every method and rule, in order. */
  readonly steps: readonly WhyStep[];
  /** What cannot be said, and why: no password, a payload that was cut. */
  readonly notes: readonly string[];
}

export interface WhyStep {
  readonly kind: 'limiter' | 'method' | 'rule' | 'grant' | 'otherwise' | 'onError' | 'hook';
  /** Name of the method or rule, or its position from 1. */
  readonly label: string;
  /** `hit`: it decided or changed the message. `miss`: passed over. `not asked`: an earlier one ended the list. */
  readonly outcome: 'hit' | 'miss' | 'not asked' | 'unknown';
  readonly isNear: boolean;
  /** What it did, or each respect in which it missed. */
  readonly texts: readonly string[];
  readonly misses: readonly {
    readonly condition: 'action' | 'who' | 'topics' | 'when';
    readonly message: string;
  }[];
  /** As it is written, as JSON without secrets. */
  readonly rule?: unknown;
  readonly place?: Place | undefined;
}

// --- Events and sinks -------------------------------------------------------------------------------------------

export interface EventDetail {
  readonly id: string;
  readonly type: string;
  readonly time: number;
  /** Calls that reported it: several when a broker repeated a call. */
  readonly calls: readonly number[];
  readonly sinks: readonly EventAtSink[];
}

export interface EventAtSink {
  readonly sink: string;
  readonly state: EventState;
  readonly attempts: number;
  readonly reason?: string | undefined;
  readonly timeline: readonly { readonly at: number; readonly state: EventState; readonly text: string }[];
}

export interface Sinks {
  readonly sinks: readonly SinkRow[];
}

export interface SinkRow {
  readonly name: string;
  /** kafka, http, ...; `stdout` and `custom` for those outside of `sinks`. */
  readonly kind: string;
  readonly state: 'ok' | 'retrying' | 'down';
  /** State of the circuit breaker. */
  readonly circuit: string;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly queueLimit: number;
  readonly queueLimitBytes: number;
  readonly spooled: number;
  readonly spooledBytes: number;
  /** Events a second, over the last ten seconds. */
  readonly rate: number;
  readonly delivered: number;
  readonly retried: number;
  readonly rejected: number;
  readonly unconfirmed: number;
  readonly batches: number;
  /** By reason: full, closed, withdrawn, dead_letter. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly lastError?: { readonly at: number; readonly message: string } | undefined;
  readonly lastDelivered?: number | undefined;
  /** The newest rejected events: what goes to the dead letters. */
  readonly deadLetters: readonly { readonly at: number; readonly id: string; readonly reason: string }[];
}

// --- Charts -----------------------------------------------------------------------------------------------------

export interface Series {
  /** Milliseconds of one point. */
  readonly step: number;
  /** Oldest first, at most 900. Ask with `since` set to the last `t` for newer ones. */
  readonly points: readonly SeriesPoint[];
}

export interface SeriesPoint {
  /** Start of the second. */
  readonly t: number;
  /** By hook; hooks without calls are left out. */
  readonly calls: Readonly<Record<string, number>>;
  /** By verdict, left out when 0. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly lookups: number;
  /** Of calls; absent without calls. */
  readonly p50?: number | undefined;
  readonly p99?: number | undefined;
  /** Longest delay of the event loop. */
  readonly loopDelay: number;
  readonly inFlight: number;
  /** Of all sinks together. */
  readonly queued: number;
  readonly spooled: number;
}

// --- Brokers and clients ----------------------------------------------------------------------------------------

export interface Brokers {
  /** Hooks that brokers are asked to call, and why. */
  readonly registered: readonly {
    readonly name: string;
    readonly topics: readonly string[];
    readonly because: string;
  }[];
  readonly nodes: readonly BrokerNode[];
  /** Traps and outdated hook lists, in words. */
  readonly warnings: readonly string[];
  /** Of `exhook doctor`; absent without `broker` in the configuration. */
  readonly findings?: readonly Finding[] | undefined;
}

export interface BrokerNode {
  readonly node: string;
  readonly protocol: string;
  /** Release, as it said when it asked for the hook list; empty before. */
  readonly version: string;
  readonly calls: Readonly<Record<string, { readonly calls: number; readonly last: number }>>;
  /** Hooks that it was answered; absent when it has not asked. */
  readonly list?: readonly string[] | undefined;
  /** Whether the list that it holds is not the one of this server. */
  readonly isOutdated: boolean;
}

export interface Finding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

export interface ClientsQuery {
  /** A text that client id, user name, address or node contains. */
  readonly filter?: string;
  /** 1 to 1000. Default: 200. */
  readonly limit?: string;
}

export interface Clients {
  /** The one seen last first. */
  readonly clients: readonly ClientRow[];
  /** Clients that match; at most 5,000 are kept. */
  readonly total: number;
}

export interface ClientRow {
  readonly clientid: string;
  readonly username: string;
  readonly node: string;
  readonly peerhost: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly calls: number;
  readonly refused: number;
  /** As far as its hooks tell. */
  readonly isConnected?: boolean | undefined;
  /** Of its last login here. */
  readonly login?:
    | {
        readonly at: number;
        readonly seq: number;
        readonly by: string;
        readonly tags: Readonly<Record<string, string>>;
        /** How many rules of its own it brought. */
        readonly grants: number;
        readonly expiresAt?: number | undefined;
      }
    | undefined;
  readonly lastRefusal?:
    | {
        readonly at: number;
        readonly seq: number;
        readonly hook: string;
        readonly topic: string;
        readonly by: string;
        readonly reason: string;
      }
    | undefined;
}

// --- Policy -----------------------------------------------------------------------------------------------------

export interface ConfigInForce {
  /** All of it, with defaults, without secrets. */
  readonly config: unknown;
  readonly revision?: string | undefined;
  /** Path of the file; absent without one. */
  readonly file?: string | undefined;
  /** The sections that a candidate may hold, as YAML. `***` stands for a secret, and means it where it stood. */
  readonly policy: string;
  /** Hand it to `/api/save`. */
  readonly tag: string;
}

export interface CheckRequest {
  /** authenticate, authorize, publish and decisions only. */
  readonly yaml: string;
}

export interface Checked {
  /** Empty: it could go live. */
  readonly problems: readonly PolicyProblem[];
  readonly warnings: readonly string[];
}

export interface PolicyProblem {
  readonly message: string;
  /** Path in the configuration, such as `authorize.rules[0].topics`; empty when there is none. */
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface CompareRequest {
  readonly yaml: string;
  /** The last calls of the ring. Default: all that is kept. */
  readonly calls?: number;
  /** A recording instead; dev only. */
  readonly recording?: string;
  /** Most calls of each group. Default: 20. */
  readonly limit?: number;
}

export interface Compared {
  readonly total: number;
  readonly same: number;
  readonly changed: number;
  /** Calls that depend on what is not kept, such as a password. */
  readonly untold: number;
  /** `23 of 411 calls would end otherwise`. */
  readonly sentence: string;
  readonly registrations: readonly {
    readonly hook: string;
    readonly before: readonly string[] | null;
    readonly after: readonly string[] | null;
  }[];
  /** Calls that would end otherwise, grouped by what decides; those with the most calls first. */
  readonly groups: readonly CompareGroup[];
  readonly untoldGroups: readonly CompareGroup[];
}

export interface CompareGroup {
  readonly hook: string;
  readonly before: CompareSide;
  readonly after: CompareSide;
  readonly count: number;
  readonly clients: readonly string[];
  readonly topics: readonly string[];
  readonly calls: readonly {
    /** Absent for calls of a recording. */
    readonly seq?: number | undefined;
    /** Line of the recording. */
    readonly line?: number | undefined;
    readonly clientid: string;
    readonly action: string;
    readonly topic?: string | undefined;
    /** Both whys, of the first few calls. */
    readonly before?: Why | undefined;
    readonly after?: Why | undefined;
  }[];
}

export interface CompareSide {
  /** allow, deny, ignore, unchanged, dropped, disconnected, rewritten, not asked, failed, untold. */
  readonly kind: string;
  readonly by?: string | undefined;
  /** Of `untold`: what is missing. */
  readonly needs?: string | undefined;
}

/** A recorded call, or a question: what would this policy say? */
export interface ExplainRequest {
  /** Default: the policies in force. */
  readonly yaml?: string;
  readonly seq?: number;
  readonly client?: {
    readonly clientid?: string;
    readonly username?: string;
    readonly peerhost?: string;
    readonly cn?: string;
    readonly dn?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
  readonly publish?: string;
  readonly subscribe?: string;
  /** Release of the broker. */
  readonly emqx?: string;
  /** With `publish`: explains the message and not the right to publish. */
  readonly message?: { readonly qos?: number; readonly payloadBase64?: string };
}

// --- Dev --------------------------------------------------------------------------------------------------------

export interface ReplayRequest {
  readonly seq: number;
  /** Of logins: none is kept. */
  readonly password?: string;
}

export interface Replayed {
  /** Of the new call. */
  readonly seq: number;
  readonly verdict: Verdict;
  readonly status: number;
}

export interface Recordings {
  readonly recordings: readonly RecordingRow[];
}

export interface RecordingRow {
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly startedAt: number;
  readonly calls: number;
  readonly bytes: number;
  /** Calls that found no room: a recording holds 64 MiB at most. */
  readonly lost: number;
}

export interface SaveRequest {
  readonly yaml: string;
  /** Of `/api/config`: the file must not have changed since. */
  readonly tag: string;
}

export interface Saved {
  readonly file: string;
  readonly tag: string;
}

// --- The stream -------------------------------------------------------------------------------------------------

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
