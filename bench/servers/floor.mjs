/**
 * The floor: what node:http2 itself costs. Reads the whole body and answers a constant with headers, message and
 * trailers, with the settings of src/transport/listener.ts. Decodes and checks nothing.
 *
 *     node floor.mjs PORT REPLY_IN_BASE64
 */
import { createServer } from 'node:http2';

const [port, reply = ''] = process.argv.slice(2);
const message = Buffer.from(reply, 'base64');
const frame = Buffer.alloc(5 + message.length);
frame.writeUInt32BE(message.length, 1);
frame.set(message, 5);

const HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' };
const WITH_TRAILERS = { waitForTrailers: true };
const OK = { 'grpc-status': '0' };

const server = createServer({ maxSessionMemory: 256, settings: { initialWindowSize: 1024 * 1024 } });
server.on('stream', (stream) => {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond(HEADERS, WITH_TRAILERS);
    stream.once('wantTrailers', () => stream.sendTrailers(OK));
    stream.end(frame);
  });
  stream.on('error', () => {});
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
