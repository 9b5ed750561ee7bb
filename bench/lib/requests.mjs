/**
 * The measured calls: requests as EMQX 5.10 sends them, and the correct replies.
 *
 * @typedef {object} Call
 * @property {string} id
 * @property {string} title
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} headers as EMQX sends them
 * @property {Buffer} body the request, with its gRPC prefix
 * @property {Buffer} reply the correct reply, without prefix
 */
import { COOKED, encodeReply, encodeRequest, pathOf, RAW, typeOf } from '../.build/messages.mjs';

const IGNORE = 1;
const STOP_AND_RETURN = 2;

const node = 'emqx@10.0.12.7';
const meta = { node, version: '5.10.3', sysdescr: 'EMQX Enterprise', clusterName: 'emqxcl' };
const clientinfo = {
  node,
  clientid: 'sensor-berlin-0042',
  username: 'plant-berlin',
  peerhost: '10.0.31.118',
  sockport: 1883,
  protocol: 'mqtt',
  mountpoint: '',
  isSuperuser: false,
  anonymous: true,
  cn: '',
  dn: '',
  peerport: 54_321,
};
const topic = 'plant/berlin/line/4/press/temperature';

/** A reading of about 220 bytes: the whole request is about 500. */
const payload = Buffer.from(
  JSON.stringify({
    at: '2026-11-22T18:50:41.084Z',
    sensor: 'sensor-berlin-0042',
    line: 4,
    temperature: 71.25,
    unit: 'C',
    pressure: 4.02,
    vibration: [0.013, 0.011, 0.017, 0.012],
    state: 'running',
    firmware: '3.14.2',
    battery: 0.87,
  }),
);

/** @param {string} to */
const messageTo = (to) => ({
  node,
  id: '000660E2183E62118D0B000002240002',
  qos: 1,
  from: clientinfo.clientid,
  topic: to,
  payload,
  timestamp: 1_795_373_441_754n,
  headers: { peerhost: clientinfo.peerhost, protocol: 'mqtt', username: clientinfo.username },
});

/** @param {object} message */
const publish = (message) => ({
  message,
  meta,
  props: [{ name: 'Content-Type', value: 'application/json' }],
  userProps: [{ name: 'site', value: 'berlin' }],
});

/** @type {readonly Call[]} */
export const calls = [
  defineCall('connected', 'OnClientConnected', 'OnClientConnected', { clientinfo, meta }, {}),
  defineCall(
    'authorize',
    'OnClientAuthorize, allowed',
    'OnClientAuthorize',
    { clientinfo, type: 0, topic, result: true, meta },
    { type: STOP_AND_RETURN, value: { case: 'boolResult', value: true } },
  ),
  defineCall('publish', 'OnMessagePublish, unchanged', 'OnMessagePublish', publish(messageTo(topic)), {
    type: IGNORE,
  }),
  defineCall('rewrite', 'OnMessagePublish, rewritten', 'OnMessagePublish', publish(messageTo(RAW + topic)), {
    type: STOP_AND_RETURN,
    value: { case: 'message', value: messageTo(COOKED + topic) },
  }),
];

/**
 * The same message from this many clients. Each has at most one call in flight, because its process in the broker waits
 * for the answer.
 *
 * @param {number} clients
 * @returns {readonly Buffer[]} requests of `publish`
 */
export function publishesOf(clients) {
  return Array.from({ length: clients }, (_, i) =>
    frame(
      encodeRequest('OnMessagePublish', publish({ ...messageTo(topic), from: `sensor-${i}`, id: idOf(i) })),
    ),
  );
}

/** @param {number} i */
function idOf(i) {
  return i.toString(16).toUpperCase().padStart(32, '0');
}

/**
 * @param {string} id
 * @param {string} title
 * @param {string} method
 * @param {object} request
 * @param {object} reply
 * @returns {Call}
 */
function defineCall(id, title, method, request, reply) {
  const headers = {
    'content-type': 'application/grpc+proto',
    'grpc-encoding': 'identity',
    'grpc-message-type': typeOf(method),
    'grpc-timeout': '5S',
    te: 'trailers',
    'user-agent': 'grpc-erlang/0.1.0',
  };
  const body = frame(encodeRequest(method, request));
  return {
    id,
    title,
    method,
    path: pathOf(method),
    headers,
    body,
    reply: Buffer.from(encodeReply(method, reply)),
  };
}

/** @param {Uint8Array} message */
function frame(message) {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
