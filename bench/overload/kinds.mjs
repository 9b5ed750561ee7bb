/** The calls of the storms: logins and messages of many clients, and a topic check without a look-up. */
import { encodeRequest, pathOf, readReply, typeOf } from '../.build/messages.mjs';

const node = 'emqx@10.0.12.7';
const meta = { node, version: '5.10.3', sysdescr: 'EMQX Enterprise', clusterName: 'emqxcl' };
const clientOf = (n) => ({
  node,
  clientid: `device-${n}`,
  username: `device-${n % USERS}`,
  peerhost: '10.0.31.118',
  sockport: 1883,
  protocol: 'mqtt',
});

export const USERS = 50;
export const PASSWORD = 'tide-pool';

export const login = kind(
  'OnClientAuthenticate',
  (n) => ({ clientinfo: { ...clientOf(n), password: PASSWORD }, result: true, meta }),
  ({ value }) => value?.value === true,
);

export const check = kind(
  'OnClientAuthorize',
  (n) => ({ clientinfo: clientOf(n), type: 0, topic: 'a/b', result: true, meta }),
  ({ value }) => value?.value === true,
);

/** The id shows which of them were stored. */
export const idOf = (n) => `m${n}`;

export const message = kind(
  'OnMessagePublish',
  (n) => ({
    message: {
      node,
      id: idOf(n),
      qos: 1,
      from: `device-${n % 251}`,
      topic: 'a/b',
      payload: Buffer.from('{"temperature":71.25}'),
      timestamp: 1_795_373_441_754n,
      headers: { username: 'x', protocol: 'mqtt', peerhost: '10.0.31.118' },
    },
    meta,
  }),
  // Anything but an order to stop the message.
  ({ value }) => value?.value?.headers?.allow_publish !== 'false',
);

function kind(method, request, isGood) {
  return {
    path: pathOf(method),
    headers: {
      'content-type': 'application/grpc+proto',
      'grpc-encoding': 'identity',
      'grpc-message-type': typeOf(method),
      'grpc-timeout': '5S',
      te: 'trailers',
    },
    body(n) {
      const bytes = encodeRequest(method, request(n));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(bytes.length, 1);
      return Buffer.concat([prefix, bytes]);
    },
    isGood: (reply) => isGood(readReply(method, reply)),
  };
}
