/** Sends recorded calls like a broker: on several connections, in order on each. */

import { sleep } from '../../lib/sleep.ts';
import { describeReply } from '../../protocol/wire/describe-reply.ts';
import type { RecordedCall } from '../../protocol/wire/read-recording.ts';
import { DEFAULT_TIMEOUT } from '../../transport/deadline.ts';
import {
  type BrokerClient,
  type BrokerClientOptions,
  type CallResult,
  connectBroker,
} from './broker-client.ts';
import type { Sample } from './summary.ts';

export interface ReplayOptions extends BrokerClientOptions {
  readonly url: string;
  /** Number of connections for the recorded ones. */
  readonly connections: number;
  /**
   * 1 is the pace of the recording, 2 twice that; `Infinity` sends each call when the previous one is
   * answered.
   */
  readonly speed: number;
  /** How often the calls are sent. */
  readonly loops: number;
  /** Milliseconds to wait for an answer. Default: from the recording. */
  readonly timeout?: number;
  readonly onSample: (sample: Sample, call: RecordedCall) => void;
  readonly signal?: AbortSignal;
}

/** @throws when no connection can be made. */
export async function replay(calls: readonly RecordedCall[], options: ReplayOptions): Promise<void> {
  const lanes = spread(calls, options.connections);
  const clients = await Promise.all(lanes.map(() => connectBroker(options.url, options)));
  try {
    for (let loop = 0; loop < options.loops && !options.signal?.aborted; loop++) {
      const start = performance.now();
      await Promise.all(lanes.map((lane, i) => sendLane(lane, clients[i] as BrokerClient, start, options)));
    }
  } finally {
    for (const client of clients) client.close();
  }
}

/** Assigns calls to connections: those of one recorded connection stay together, which keeps their order. */
export function spread(calls: readonly RecordedCall[], connections: number): RecordedCall[][] {
  const recorded = [...new Set(calls.map(({ connection }) => connection))];
  const lanes: RecordedCall[][] = Array.from({ length: Math.min(connections, recorded.length) }, () => []);
  for (const call of calls) lanes[recorded.indexOf(call.connection) % lanes.length]?.push(call);
  return lanes;
}

async function sendLane(
  lane: readonly RecordedCall[],
  client: BrokerClient,
  start: number,
  options: ReplayOptions,
): Promise<void> {
  for (const call of lane) {
    if (options.signal?.aborted) return;
    await waitUntil(start + call.atMs / options.speed);
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    const result = await client.call(call.path, call.bytes, call.headers, timeout);
    options.onSample(sampleOf(call, result), call);
  }
}

async function waitUntil(time: number): Promise<void> {
  const delay = time - performance.now();
  if (delay > 0) await sleep(delay);
}

function sampleOf({ rpc }: RecordedCall, { duration, status, message, reply }: CallResult): Sample {
  const { hook } = rpc;
  if (status !== 0) return { hook, duration, reply: `status ${status}: ${message}`, isFailed: true };
  if (reply === undefined) return { hook, duration, reply: 'no reply', isFailed: true };
  try {
    return { hook, duration, reply: describeReply(rpc, reply), isFailed: false };
  } catch {
    return { hook, duration, reply: `a reply that is not a ${rpc.response}`, isFailed: true };
  }
}
