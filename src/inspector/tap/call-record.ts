/** One call as it is kept: references and numbers. Texts are made when a viewer asks for them. */

import type { FailureCode } from '../../protocol/failure.ts';
import type { Decision } from '../../protocol/schema/decision.ts';
import type { Reply } from '../../protocol/schema/replies.ts';
import type { HookInput } from '../../protocol/schema/requests.ts';
import type { Rpc } from '../../protocol/wire/rpc.ts';
import type { EventRecord } from './event-record.ts';

/** A look-up of a call. Times are by `performance.now()`. */
export interface KeptLookup {
  readonly kind: string;
  readonly since: number;
  /** Milliseconds; nothing while it runs. */
  ms: number | undefined;
  outcome: 'allow' | 'deny' | 'unknown' | 'answered' | 'failed' | 'running';
  /** Why a method did not admit the client, or the name of a failure. */
  reason: string | undefined;
}

export class CallRecord {
  /** Its number; 0 until it is in the ring. */
  seq = 0;
  readonly rpc: Rpc;
  /** Bytes of memory that it holds, roughly. */
  bytes: number;
  /** Number of the connection; nothing where the broker has none. */
  connection: number | undefined;
  /** When it began, by `performance.now()`. */
  readonly since: number;
  /** When it was decided; 0 when it was not. */
  decidedAt = 0;
  /** Milliseconds until the answer was ready. */
  ms = 0;
  /** Milliseconds in which the answer had to be out; may be infinite. */
  budget: number;
  /** Without a password, and with an empty payload; nothing when the request could not be read. */
  input: HookInput | undefined;
  /** Whether the client gave a password. */
  hasPassword = false;
  /** Of the message, as it came. */
  payloadBytes = 0;
  /** The first bytes of the payload; nothing when payloads are not kept. */
  payload: Uint8Array | undefined;
  /** What was decided; without a payload. */
  reply: Reply | undefined;
  /** Of a rewritten message. */
  newPayloadBytes = 0;
  newPayload: Uint8Array | undefined;
  decision: Decision | undefined;
  /** Why the call failed, also where `onError` answered. */
  failure: { readonly code: FailureCode; readonly message: string } | undefined;
  /** gRPC status of a call that ended without a reply; 0 otherwise. */
  status = 0;
  /** What replaced the decided reply, since a sink did not store its event. */
  override: Reply | undefined;
  /** Milliseconds that the answer waited for sinks. */
  heldMs = 0;
  lookups: KeptLookup[] | undefined;
  events: EventRecord[] | undefined;
  revision: string | undefined;
  isDuplicate = false;
  isReplay = false;

  constructor(rpc: Rpc, since: number, budget: number, bytes: number) {
    this.rpc = rpc;
    this.since = since;
    this.budget = budget;
    this.bytes = bytes;
  }
}
