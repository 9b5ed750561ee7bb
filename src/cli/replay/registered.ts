/** Leaves out the calls that a broker would not make: those of hooks and topics that the server did not ask for. */
import { matches } from '../../policy/topics/topic-filter.ts';
import { isMessageHook } from '../../protocol/schema/hook-name.ts';
import { decode } from '../../protocol/wire/decode.ts';
import { decodeResponse } from '../../protocol/wire/decode-response.ts';
import { encodeRequest } from '../../protocol/wire/encode-request.ts';
import type { RecordedCall } from '../../protocol/wire/read-recording.ts';
import { hookNameIn, type Rpc, rpcs } from '../../protocol/wire/rpc.ts';
import type { Version } from '../../protocol/wire/versions.ts';
import { DEFAULT_TIMEOUT } from '../../transport/deadline.ts';
import { type BrokerClient, type BrokerClientOptions, connectBroker } from './broker-client.ts';

export interface Registered<Call extends RecordedCall> {
  readonly calls: readonly Call[];
  /** How many calls were left out, by hook. */
  readonly leftOut: ReadonlyMap<string, number>;
}

export interface RegisteredOptions extends BrokerClientOptions {
  readonly url: string;
  /** Milliseconds to wait for the list of hooks. Default: 5000. */
  readonly timeout?: number;
}

/** By the name that a version has for a hook: its topic filters; none means every topic. */
type Lists = ReadonlyMap<Version, ReadonlyMap<string, readonly string[]>>;

/**
 * Asks the server for its hooks, in each version that the recording speaks.
 *
 * @throws Error when no connection can be made, or the server does not answer with a list.
 */
export async function keepRegistered<Call extends RecordedCall>(
  calls: readonly Call[],
  options: RegisteredOptions,
): Promise<Registered<Call>> {
  const client = await connectBroker(options.url, options);
  try {
    const lists = await askLists(calls, client, options.timeout ?? DEFAULT_TIMEOUT);
    const kept = calls.filter((call) => isRegistered(call, lists));
    const leftOut = new Map<string, number>();
    const isKept = new Set<RecordedCall>(kept);
    for (const call of calls)
      if (!isKept.has(call)) leftOut.set(call.rpc.hook, (leftOut.get(call.rpc.hook) ?? 0) + 1);
    return { calls: kept, leftOut };
  } finally {
    client.close();
  }
}

async function askLists(
  calls: readonly RecordedCall[],
  client: BrokerClient,
  timeout: number,
): Promise<Lists> {
  const lists = new Map<Version, ReadonlyMap<string, readonly string[]>>();
  for (const version of new Set(calls.map(({ rpc }) => rpc.version)))
    lists.set(version, await askList(version, calls, client, timeout));
  return lists;
}

async function askList(
  version: Version,
  calls: readonly RecordedCall[],
  client: BrokerClient,
  timeout: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const isAsking = (rpc: Rpc) => rpc.hook === 'provider.loaded' && rpc.version === version;
  const rpc = rpcs.find(isAsking) as Rpc;
  // As the recorded broker asked: the list depends on its release.
  const bytes = calls.find((call) => isAsking(call.rpc))?.bytes ?? encodeRequest(rpc, { broker: {} });
  const headers = { 'content-type': 'application/grpc+proto' };
  const { status, message, reply } = await client.call(rpc.path, bytes, headers, timeout);
  if (status !== 0 || reply === undefined)
    throw new Error(`the server did not say which hooks it wants (${message || 'no reply'})`);
  const { hooks = [] } = decodeResponse(rpc, reply);
  return new Map(hooks.map(({ name, topics }) => [name, topics]));
}

function isRegistered({ rpc, bytes }: RecordedCall, lists: Lists): boolean {
  const { hook, version } = rpc;
  if (hook.startsWith('provider.')) return true;
  const filters = lists.get(version)?.get(hookNameIn(version, hook));
  if (filters === undefined) return false;
  if (filters.length === 0 || !isMessageHook(hook)) return true;
  const { message } = decode(rpc, bytes) as { readonly message?: { readonly topic: string } };
  return filters.some((filter) => matches(filter, message?.topic ?? ''));
}
