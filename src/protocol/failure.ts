/**
 * The failures of a call. Each code is a log field, a metric label and a heading in docs/failures.md, and maps to a
 * gRPC status. Codes never change their meaning.
 */

/** gRPC status codes, as numbered by the gRPC specification. */
export const Status = {
  OK: 0,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

const failures = {
  /** The request is malformed or does not validate. */
  invalid_request: { status: Status.INVALID_ARGUMENT, ours: false },
  /** The request is larger than `limits.messageBytes`. */
  too_large: { status: Status.RESOURCE_EXHAUSTED, ours: false },
  /** Unknown service or method, or an unsupported encoding. */
  unknown_method: { status: Status.UNIMPLEMENTED, ours: false },
  /** A question of a hook could not be answered. */
  lookup_failed: { status: Status.UNAVAILABLE, ours: true },
  /** The answer to a question took longer than its own limit. */
  lookup_timeout: { status: Status.DEADLINE_EXCEEDED, ours: true },
  /** The broker's deadline was about to pass. */
  deadline: { status: Status.DEADLINE_EXCEEDED, ours: true },
  /** A hook threw. */
  handler_threw: { status: Status.INTERNAL, ours: true },
  /** A hook returned something that is not a reply to its call. */
  invalid_reply: { status: Status.INTERNAL, ours: true },
  /** Too many calls or bytes are in flight. */
  overloaded: { status: Status.RESOURCE_EXHAUSTED, ours: true },
  /** A sink could not take an event. */
  sink_failed: { status: Status.UNAVAILABLE, ours: true },
  /** The queue of a sink is full. */
  sink_full: { status: Status.RESOURCE_EXHAUSTED, ours: true },
} as const;

export type FailureCode = keyof typeof failures;

export const failureCodes = Object.keys(failures) as FailureCode[];

/** Why a call has no reply. The message goes to the caller: it never contains a value of the request. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The gRPC status of a call that ends with this failure. */
  get status(): number {
    return failures[this.code].status;
  }

  /** The fault is on our side: `onError` decides the reply instead of a status. */
  get isOurs(): boolean {
    return failures[this.code].ours;
  }
}
