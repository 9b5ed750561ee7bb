/**
 * Connect's own adapter for Node, as its documentation shows it, with our hooks and our validation.
 *
 *     node connect.mjs PORT
 */
import { createServer } from 'node:http2';
import type { Message } from '@bufbuild/protobuf';
import { ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { call } from '../../src/core/call.ts';
import { Failure } from '../../src/protocol/failure.ts';
import { methodOf } from '../../src/protocol/wire/descriptors.ts';
import { type Rpc, rpcs } from '../../src/protocol/wire/rpc.ts';
import { messageCodec } from '../../src/transport/message-codec.ts';
import { runtime } from './runtime.ts';

function implement(rpc: Rpc) {
  return async (request: Message): Promise<Message> => {
    const result = await call(rpc, messageCodec, request, runtime, Number.POSITIVE_INFINITY);
    if (result instanceof Failure) throw new ConnectError(result.message, result.status);
    return result;
  };
}

function routes(router: ConnectRouter): void {
  for (const rpc of rpcs) router.rpc(methodOf(rpc), implement(rpc));
}

// EMQX cannot read compressed replies; every other option is Connect's default.
const handler = connectNodeAdapter({ routes, acceptCompression: [] });
const settings = { initialWindowSize: 1024 * 1024 };
createServer({ maxSessionMemory: 256, settings }, handler).listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
