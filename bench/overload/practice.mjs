/** Calls that nobody measures, so that the callers themselves are compiled when a storm begins: they share its cores. */
import { once } from 'node:events';
import { createServer } from 'node:http2';
import { openCallers } from './callers.mjs';

/** Seconds. */
const LENGTH = 3;
/** A gRPC message without a field. */
const EMPTY = Buffer.alloc(5);

/** Makes calls of a kind, at the rate of the storm, to a server that answers at once. */
export async function practise(kind, rate) {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(EMPTY);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const callers = await openCallers(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
  try {
    await callers.storm(kind, { rate, seconds: LENGTH });
  } finally {
    callers.close();
    server.close();
  }
}
