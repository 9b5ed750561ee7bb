/** Recordings as `serve --record` writes them, passwords replaced, of calls that a test describes. */

import type { HookRequest } from '../../../src/app/testing.ts';
import type { HookName } from '../../../src/protocol/schema/hook-name.ts';
import { encodeRequest } from '../../../src/protocol/wire/encode-request.ts';
import { recordMessage } from '../../../src/protocol/wire/recording.ts';
import { rpcs } from '../../../src/protocol/wire/rpc.ts';

export interface Times {
  readonly at_ms?: number;
  readonly time_ms?: number;
}

/** A line of a recording. */
export function aCall<Name extends HookName>(
  hook: Name,
  request: HookRequest<Name>,
  times: Times = {},
): string {
  const rpc = rpcs.find((candidate) => candidate.version === 'v3' && candidate.hook === hook);
  if (rpc === undefined) throw new Error(`there is no hook ${hook}`);
  return JSON.stringify({ path: rpc.path, ...times, ...recordMessage(rpc, encodeRequest(rpc, request)) });
}

interface Client {
  readonly clientid?: string;
  readonly username?: string;
  readonly password?: string;
  readonly peerhost?: string;
  readonly cn?: string;
}

const node = 'emqx@127.0.0.1';

export const aLogin = (clientinfo: Client, times?: Times) =>
  aCall('client.authenticate', { clientinfo: { node, ...clientinfo } }, times);

export const aPublish = (clientinfo: Client, topic: string, times?: Times) =>
  aCall('client.authorize', { clientinfo: { node, ...clientinfo }, type: 0, topic }, times);

export const aSubscribe = (clientinfo: Client, topic: string, times?: Times) =>
  aCall('client.authorize', { clientinfo: { node, ...clientinfo }, type: 1, topic }, times);

interface Given {
  id?: string;
  from?: string;
  topic: string;
  qos?: number;
  payload?: Uint8Array | string;
  timestamp?: bigint;
}

const messageOf = ({ payload = '', ...rest }: Given) => ({
  node,
  ...rest,
  payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
});

export const aMessage = (message: Given, times?: Times) =>
  aCall('message.publish', { message: messageOf(message) }, times);

/** The same message, before anything has happened to it. */
export const anIngress = (message: Given, times?: Times) =>
  aCall(
    'message.ingress',
    { message: messageOf(message), clientinfo: { node, clientid: message.from ?? '' } },
    times,
  );
