/** Makes one gRPC call over node:http2, like a broker. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';

/**
 * Connects as soon as the port is open: retries at once, without sleeping.
 *
 * @param {number} port
 * @param {AbortSignal} signal ends the waiting
 * @returns {Promise<import('node:net').Socket>}
 */
export async function connectWhenOpen(port, signal) {
  for (;;) {
    signal.throwIfAborted();
    const socket = connectTcp(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket.setNoDelay(true);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ECONNREFUSED') throw error;
    }
  }
}

/**
 * @typedef {object} Answer
 * @property {number} status of HTTP
 * @property {string | undefined} type
 * @property {string | undefined} grpcStatus
 * @property {string | undefined} grpcMessage
 * @property {Buffer} body
 *
 * @param {import('node:net').Socket} socket an open connection, which is closed after the call
 * @param {import('./requests.mjs').Call} call
 * @returns {Promise<Answer>}
 */
export async function callOnce(socket, call) {
  const session = connectHttp2('http://127.0.0.1', { createConnection: () => socket });
  try {
    return await request(session, call);
  } finally {
    session.destroy();
  }
}

/**
 * @param {import('node:http2').ClientHttp2Session} session
 * @param {import('./requests.mjs').Call} call
 * @returns {Promise<Answer>}
 */
function request(session, call) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': 'POST', ':path': call.path, ...call.headers });
    const answer = { status: 0, type: undefined, grpcStatus: undefined, grpcMessage: undefined };
    /** @type {Buffer[]} */
    const chunks = [];
    stream.on('response', (headers) => {
      answer.status = Number(headers[':status']);
      answer.type = headers['content-type'];
      takeStatus(headers);
    });
    stream.on('trailers', takeStatus);
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('end', () => resolve({ ...answer, body: Buffer.concat(chunks) }));
    stream.on('error', reject);
    session.on('error', reject);
    stream.end(call.body);

    function takeStatus(headers) {
      answer.grpcStatus ??= headers['grpc-status'];
      answer.grpcMessage ??= headers['grpc-message'];
    }
  });
}
