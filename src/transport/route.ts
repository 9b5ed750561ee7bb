/** Decides which way a request over HTTP/2 takes. */
import type { IncomingHttpHeaders } from 'node:http2';
import { mediaTypeName } from '../lib/media-type.ts';
import { findRpc, type Rpc } from '../protocol/wire/rpc.ts';
import { isKnownEncoding } from './frame.ts';
import { isGrpcType } from './grpc-type.ts';
import { HEALTH_SERVICE } from './health.ts';

/**
 * An RPC: a broker's call, for the lean path. `unknown`: gRPC without such a method. `other`: for Connect, or a page.
 */
export type Route = Rpc | 'unknown' | 'other';

/** @param lean whether brokers' calls use the lean path at all. */
export function findRoute(headers: IncomingHttpHeaders, lean: boolean): Route {
  if (!isGrpc(headers)) return 'other';
  const path = headers[':path'] as string;
  const rpc = lean && isLean(headers) ? findRpc(path) : undefined;
  return rpc ?? (isServed(path) ? 'other' : 'unknown');
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return headers[':method'] === 'POST' && isGrpcType(headers['content-type'] ?? '');
}

/** Whether a request has the shape of brokers' requests. */
function isLean(headers: IncomingHttpHeaders): boolean {
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && !isKnownEncoding(encoding as string)) return false;
  const type = headers['content-type'] as string;
  return isProto(type) || isProto(mediaTypeName(type));
}

function isProto(type: string): boolean {
  return type === 'application/grpc+proto' || type === 'application/grpc';
}

const healthPaths = new Set(['Check', 'Watch'].map((name) => `/${HEALTH_SERVICE}/${name}`));

function isServed(path: string): boolean {
  return healthPaths.has(path) || findRpc(path) !== undefined;
}
