/**
 * Watches calls: keeps references to what each was asked and answered, in a ring. Texts are made when a viewer asks.
 * Loaded only where the inspector is configured.
 */
import type { IncomingHttpHeaders } from 'node:http2';
import { call, type Result } from '../../core/call.ts';
import type { Outcome } from '../../core/hook.ts';
import type { RpcCodec, Runtime } from '../../core/runtime.ts';
import type { Policy } from '../../policy/policy.ts';
import { Failure } from '../../protocol/failure.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { CallFlow, CallHeaders } from '../../transport/call-flow.ts';
import { binaryCodec } from '../../transport/codecs.ts';
import { CallRecord } from './call-record.ts';
import { ChangeLog } from './change-log.ts';
import { ClientTable } from './client-table.ts';
import { EventRecords } from './event-records.ts';
import { keepInput, keepPayload } from './keep-input.ts';
import { CallRing, type RingLimits } from './ring.ts';
import { CallSeries } from './series.ts';
import { type CallTap, TappedRuntime } from './tapped-runtime.ts';

export interface TapOptions extends RingLimits {
  /** Whether payloads of messages are kept. */
  readonly payloads: boolean;
  /** Default: `performance.now`. */
  readonly now?: () => number;
}

/** Bytes of a record and of its input without texts, roughly. */
const RECORD_BYTES = 2048;
/** Nodes whose releases are remembered, and the longest name of one. */
const MAX_NODES = 64;
const MAX_NAME = 255;

export class Tap implements CallTap {
  readonly ring: CallRing;
  readonly events: EventRecords;
  readonly clients: ClientTable;
  readonly series: CallSeries;
  readonly changes = new ChangeLog();
  /** Releases of brokers, by node, as their calls say. */
  readonly releases = new Map<string, string>();
  /** Records requests as they come; absent while no recording runs. */
  record:
    | ((rpc: Rpc, message: Uint8Array, headers: IncomingHttpHeaders, connection: number) => void)
    | undefined;
  readonly options: TapOptions;
  readonly now: () => number;
  #current: CallRecord | undefined;
  /** Whether the failure that is reported belongs to a watched call. */
  #isFailing = false;
  /** Connection of the request that was read last. */
  #connection: number | undefined;

  constructor(options: TapOptions) {
    const { now = () => performance.now() } = options;
    this.options = options;
    this.now = now;
    this.ring = new CallRing(options, (record) => this.events.forget(record));
    this.events = new EventRecords({
      now,
      current: () => this.#current,
      changed: (calls) => this.changes.add(calls),
    });
    this.clients = new ClientTable();
    this.series = new CallSeries();
  }

  /** Stands in front of a flow of calls. */
  watchFlow(flow: CallFlow): CallFlow {
    return <Request, Body>(
      rpc: Rpc,
      codec: RpcCodec<Request, Body>,
      body: Request,
      runtime: Runtime,
      budget: number,
      headers: CallHeaders,
    ): Result<Body> | Promise<Result<Body>> => {
      const record = this.#begin(rpc, body, budget);
      const result = flow(rpc, codec, body, new TappedRuntime(runtime, record, this), budget, headers);
      if (!(result instanceof Promise)) {
        this.#end(record, result);
        return result;
      }
      return result.then((settled) => {
        this.#end(record, settled);
        return settled;
      });
    };
  }

  /** Notes requests that are refused before they become a call. */
  watchRuntime(current: () => Runtime): () => Runtime {
    let last: { readonly runtime: Runtime; readonly watched: Runtime } | undefined;
    return () => {
      const runtime = current();
      if (last?.runtime !== runtime) last = { runtime, watched: this.#watched(runtime) };
      return last.watched;
    };
  }

  /** Sees each request of a broker right before it becomes a call. */
  readonly received = (
    rpc: Rpc,
    message: Uint8Array,
    headers: IncomingHttpHeaders,
    connection: number,
  ): void => {
    this.#connection = connection;
    this.record?.(rpc, message, headers, connection);
  };

  /** Makes a call again, marked as made by the inspector. */
  async replay(rpc: Rpc, body: Uint8Array, runtime: Runtime, budget: number): Promise<CallRecord> {
    const record = this.#begin(rpc, body, budget);
    record.isReplay = true;
    const result = await call(rpc, binaryCodec, body, new TappedRuntime(runtime, record, this), budget);
    this.#end(record, result);
    return record;
  }

  deciding<T>(record: CallRecord, input: HookInput, outcome: Outcome, policy: Policy, work: () => T): T {
    this.#note(record, input, outcome, policy);
    const before = this.#current;
    this.#current = record;
    try {
      return work();
    } finally {
      this.#current = before;
    }
  }

  failing<T>(work: () => T): T {
    this.#isFailing = true;
    try {
      return work();
    } finally {
      this.#isFailing = false;
    }
  }

  #begin(rpc: Rpc, body: unknown, budget: number): CallRecord {
    // Text is one byte or two in memory. Requests that Connect has read are measured by their input, below.
    const bytes = RECORD_BYTES + (body instanceof Uint8Array ? 2 * body.byteLength : 0);
    const record = new CallRecord(rpc, this.now(), budget, bytes);
    record.connection = this.#connection;
    this.#connection = undefined;
    return record;
  }

  #note(record: CallRecord, input: HookInput, outcome: Outcome, policy: Policy): void {
    const { reply, decision } = outcome;
    record.decidedAt = this.now();
    this.#noteRelease(input.meta);
    record.revision = policy.revision;
    record.decision = decision;
    record.reply = reply;
    keepInput(record, input, this.options, policy.authorize?.hasUsernameTokens === true);
    // The request was counted with its payload: what was cut or left out is not held.
    if (record.payloadBytes > 0)
      record.bytes -= Math.min(record.bytes - RECORD_BYTES, 2 * record.payloadBytes);
    record.bytes += record.payload?.byteLength ?? 0;
    if (reply.kind !== 'rewrite' || reply.payload === undefined) return;
    const { payload, ...rest } = reply;
    record.reply = rest;
    record.newPayloadBytes = payload.byteLength;
    if (!this.options.payloads) return;
    record.newPayload = keepPayload(payload);
    record.bytes += record.newPayload.byteLength;
  }

  #noteRelease({ node, version }: HookInput['meta']): void {
    if (this.releases.get(node) === version || version === '') return;
    if (node.length > MAX_NAME || version.length > MAX_NAME) return;
    if (this.releases.size >= MAX_NODES && !this.releases.has(node)) this.releases.clear();
    this.releases.set(node, version);
  }

  #end(record: CallRecord, result: unknown): void {
    record.ms = this.now() - record.since;
    if (result instanceof Failure) {
      record.failure = { code: result.code, message: result.message };
      record.status = result.status;
    }
    this.#keep(record);
  }

  #keep(record: CallRecord): void {
    this.ring.push(record);
    this.series.count(record);
    this.clients.note(record);
  }

  #watched(runtime: Runtime): Runtime {
    return {
      ...runtime,
      failed: (rpc, failure) => {
        if (!this.#isFailing && rpc !== undefined) this.#refuse(rpc, failure);
        return runtime.failed(rpc, failure);
      },
    };
  }

  #refuse(rpc: Rpc, failure: Failure): void {
    const record = new CallRecord(rpc, this.now(), Number.POSITIVE_INFINITY, RECORD_BYTES);
    record.connection = this.#connection;
    this.#connection = undefined;
    record.failure = { code: failure.code, message: failure.message };
    record.status = failure.status;
    this.#keep(record);
  }
}
