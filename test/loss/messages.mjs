/** The messages of OnMessagePublish, by a protobuf library that is not ours. */
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';

const root = fileURLToPath(new URL('../../proto', import.meta.url));
const definition = loadSync('emqx/exhook/v3/exhook.proto', {
  includeDirs: [root],
  enums: String,
  longs: Number,
});
const { OnMessagePublish: publish, OnMessageIngress: ingress } = definition['emqx.exhook.v3.HookProvider'];

export const PUBLISH = publish.path;
export const INGRESS = ingress.path;
export const SOURCE_NODE = 'emqx@127.0.0.1';

const payload = Buffer.from(
  JSON.stringify({ temperature: 21.5, unit: 'C', state: 'running', filler: 'x'.repeat(180) }),
);

/** @param {{ id: string, clientid: string }} of */
export function encodePublish({ id, clientid }) {
  return publish.requestSerialize(callOf({ id, clientid }));
}

/** The same message before anything has happened to it, with the client that sends it. */
export function encodeIngress({ id, clientid }) {
  const clientinfo = { node: SOURCE_NODE, clientid, username: clientid, protocol: 'mqtt' };
  const call = callOf({ id, clientid });
  return ingress.requestSerialize({ ...call, clientinfo, meta: { ...call.meta, version: '6.3.0' } });
}

function callOf({ id, clientid }) {
  return {
    message: {
      node: SOURCE_NODE,
      id,
      qos: 1,
      from: clientid,
      topic: `plant/${clientid}/telemetry`,
      payload,
      timestamp: 1_795_373_441_754,
      headers: { username: clientid, protocol: 'mqtt', peerhost: '127.0.0.1' },
    },
    meta: { node: SOURCE_NODE, version: '5.10.3', sysdescr: 'EMQX', clusterName: 'emqxcl' },
  };
}

/** Whether the answer lets the message pass unchanged. */
export function isUnchanged(bytes) {
  const { type, value } = publish.responseDeserialize(bytes);
  return type === 'IGNORE' && value === undefined;
}
