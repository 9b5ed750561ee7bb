/** A runtime that records its input, and calls as a broker makes them. */
import type { DescMessage } from '@bufbuild/protobuf';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { call, type Result } from '../../src/core/call.ts';
import type { AnyHook, HookTable } from '../../src/core/hook.ts';
import { hooks as builtIn } from '../../src/core/hooks/index.ts';
import type { RpcCodec, Runtime } from '../../src/core/runtime.ts';
import { Failure } from '../../src/protocol/failure.ts';
import type { Event } from '../../src/protocol/schema/event.ts';
import type { HookName } from '../../src/protocol/schema/hook-name.ts';
import type { Reply } from '../../src/protocol/schema/replies.ts';
import type { HookInput } from '../../src/protocol/schema/requests.ts';
import { decode } from '../../src/protocol/wire/decode.ts';
import { methodOf } from '../../src/protocol/wire/descriptors.ts';
import { encode } from '../../src/protocol/wire/encode.ts';
import { type Rpc, rpcs } from '../../src/protocol/wire/rpc.ts';
import type { Version } from '../../src/protocol/wire/versions.ts';

export const bytes: RpcCodec<Uint8Array, Uint8Array> = { decode, encode };

export interface Decided {
  readonly rpc: Rpc;
  readonly input: HookInput;
  readonly reply: Reply;
  readonly events: readonly Event[] | undefined;
}

export interface FakeRuntime extends Runtime {
  /** The calls that were decided. */
  readonly calls: readonly Decided[];
  /** The calls that failed on the way. */
  readonly failures: readonly Failure[];
  /** The events of all calls, in order. */
  events(): Event[];
}

export function aRuntime(
  overrides: Partial<Pick<Runtime, 'hooks' | 'policy' | 'lookups'>> = {},
): FakeRuntime {
  const calls: Decided[] = [];
  const failures: Failure[] = [];
  return {
    hooks: builtIn,
    policy: { hooks: [] },
    lookups: {},
    ...overrides,
    calls,
    failures,
    events: () => calls.flatMap(({ events }) => events ?? []),
    decided: (rpc, input, { reply, events, decision }) => {
      if (decision?.by !== 'onError') calls.push({ rpc, input, reply, events });
    },
    failed: (_rpc, failure) => {
      failures.push(failure);
      return failure;
    },
  };
}

/** The built-in hooks, some of them replaced. */
export function hooksWith(...own: AnyHook[]): HookTable {
  return { ...builtIn, ...Object.fromEntries(own.map((hook) => [hook.name, hook])) };
}

export function rpcFor(hook: HookName, version: Version = 'v3'): Rpc {
  const found = rpcs.find((rpc) => rpc.hook === hook && rpc.version === version);
  if (found === undefined) throw new Error(`no ${hook} in ${version}`);
  return found;
}

/** The bytes of a request, from the fields of its message. */
export function requestOf(rpc: Rpc, fields: object): Uint8Array {
  const { input } = methodOf(rpc);
  return toBinary(input, create(input, fields as MessageInitShape<DescMessage>));
}

/** Calls a hook with a request of version 3. */
export function callWith(
  hook: HookName,
  fields: object,
  runtime: Runtime,
  budget = Number.POSITIVE_INFINITY,
): Result<Uint8Array> | Promise<Result<Uint8Array>> {
  const rpc = rpcFor(hook);
  return call(rpc, bytes, requestOf(rpc, fields), runtime, budget);
}

/** A reply in words: how a broker reads its bytes. */
export function readReply(rpc: Rpc, result: Result<Uint8Array>): unknown {
  if (result instanceof Failure) return result.code;
  const reply = fromBinary(methodOf(rpc).output, result) as {
    hooks?: { name: string; topics: string[] }[];
    type?: number;
    value?: { case?: string; value?: unknown };
  };
  if (reply.hooks !== undefined) return reply.hooks.map(({ name }) => name);
  if (reply.value === undefined) return 'success';
  if (reply.type === 1) return reply.value.case === undefined ? 'ignore' : 'ignore with a value';
  if (reply.type !== 2) return 'continue';
  return reply.value.value;
}
