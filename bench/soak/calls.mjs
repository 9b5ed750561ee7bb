/** The calls of the soak test, encoded by a protobuf library other than ours. */
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';

const definition = loadSync('emqx/exhook/v3/exhook.proto', {
  includeDirs: [fileURLToPath(new URL('../../proto', import.meta.url))],
  enums: String,
  longs: Number,
  oneofs: true,
});
const service = definition['emqx.exhook.v3.HookProvider'];

export const NODE = 'emqx@127.0.0.1';
const meta = { node: NODE, version: '5.10.3', sysdescr: 'EMQX', clusterName: 'emqxcl' };

/** Headers of the broker's client; the deadline is EMQX's default timeout. */
const headers = {
  'content-type': 'application/grpc+proto',
  'grpc-encoding': 'identity',
  'grpc-timeout': '5S',
  te: 'trailers',
  'user-agent': 'grpc-erlang/0.1.0',
};

/** @typedef {{ headers: object, body: Buffer, decode: (message: Buffer) => object }} Call */

/**
 * @param {string} method such as `OnMessagePublish`
 * @param {object} request without `meta`
 * @returns {Call}
 */
export function encodeCall(method, request) {
  const { path, requestSerialize, responseDeserialize } = service[method];
  const message = requestSerialize({ ...request, meta });
  const body = Buffer.allocUnsafe(message.length + 5);
  body[0] = 0;
  body.writeUInt32BE(message.length, 1);
  message.copy(body, 5);
  return { headers: { ':method': 'POST', ':path': path, ...headers }, body, decode: responseDeserialize };
}
