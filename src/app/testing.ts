/**
 * Tests custom hooks: calls a hook as a broker would, in memory. The request is encoded, decoded, validated and
 * answered exactly as on the wire.
 */
import { call } from '../core/call.ts';
import type { AnyHook, Hook } from '../core/hook.ts';
import { hooks } from '../core/hooks/index.ts';
import type { Lookup, Runtime } from '../core/runtime.ts';
import type { Policy } from '../policy/policy.ts';
import { Failure, type FailureCode } from '../protocol/failure.ts';
import type { Decision } from '../protocol/schema/decision.ts';
import type { Event } from '../protocol/schema/event.ts';
import type { HookName } from '../protocol/schema/hook-name.ts';
import type { Reply, ReplyOf } from '../protocol/schema/replies.ts';
import type { HookInput } from '../protocol/schema/requests.ts';
import { rpcs } from '../protocol/wire/rpc.ts';
import { binaryCodec } from '../transport/codecs.ts';

/** A request with only the fields that matter to the test; bytes, numbers and texts as in the hook's input. */
export type HookRequest<Name extends HookName> = Fields<HookInput<Name>>;

type Fields<T> = T extends Uint8Array | bigint | string | number | boolean
  ? T
  : T extends (infer Item)[]
    ? Fields<Item>[]
    : { [Key in keyof T]?: Fields<T[Key]> };

export interface CallOptions {
  readonly policy?: Policy;
  /** Answers to the hook's questions, by kind. */
  readonly lookups?: Readonly<Record<string, Lookup>>;
  /** The broker's timeout, in milliseconds. Default: 5000, as EMQX. */
  readonly timeout?: number;
}

/** The result of a call. */
export interface HookCall<Name extends HookName = HookName> {
  /** What the hook decided; absent if the call failed. */
  readonly reply?: ReplyOf<Name>;
  readonly events: readonly Event[];
  /** What a policy decided. */
  readonly decision?: Decision;
  /** Why the call failed: the broker then got the hook's `onError`. */
  readonly failure?: FailureCode;
  /** The failure as text, such as which look-up is missing: what a server would log. */
  readonly reason?: string;
  /** What the broker got: a gRPC status, 0 for a reply. */
  readonly status: number;
}

/**
 * Calls a hook as EMQX 5.9 and later would.
 *
 * @example const { reply } = await callHook(myHook, { clientinfo: { clientid: 'c1' }, topic: 'a/b' });
 */
export async function callHook<Name extends HookName>(
  hook: Hook<Name>,
  request: HookRequest<Name>,
  options: CallOptions = {},
): Promise<HookCall<Name>> {
  const rpc = rpcs.find(({ version, hook: name }) => version === 'v3' && name === hook.name);
  if (rpc === undefined) throw new TypeError(`there is no hook ${hook.name}`);
  const seen: Seen = { events: [] };
  const runtime: Runtime = {
    hooks: { ...hooks, [hook.name]: hook as AnyHook },
    policy: options.policy ?? { hooks: [] },
    lookups: options.lookups ?? {},
    decided: (_rpc, _input, { reply, events = [], decision }) => {
      if (decision?.by !== 'onError') Object.assign(seen, { reply, events, ...(decision && { decision }) });
    },
    failed: (_rpc, failure) => {
      Object.assign(seen, { failure: failure.code, reason: reasonOf(failure) });
      return failure;
    },
  };
  // It writes to file descriptors, and a server does not need it.
  const { encodeRequest } = await import('../protocol/wire/encode-request.ts');
  const result = await call(rpc, binaryCodec, encodeRequest(rpc, request), runtime, options.timeout ?? 5_000);
  return { ...seen, status: result instanceof Failure ? result.status : 0 } as HookCall<Name>;
}

interface Seen {
  readonly events: readonly Event[];
  readonly reply?: Reply;
  readonly decision?: Decision;
  readonly failure?: FailureCode;
  readonly reason?: string;
}

/** The error thrown by a hook or a look-up says more than the code. */
function reasonOf({ message, cause }: Failure): string {
  return cause instanceof Error ? cause.message : message;
}
