import { type Code, ConnectError } from '@connectrpc/connect';
import { setTrailerStatus } from '@connectrpc/connect/protocol-grpc';
import type { Failure } from '../failure.ts';

/** A failure as Connect's error. The numbers of its codes are those of gRPC. */
export function toConnectError(failure: Failure): ConnectError {
  const error = new ConnectError(failure.message, failure.status as Code);
  error.metadata.set('exhook-failure', failure.code);
  return error;
}

/** The trailers of a failed call: status, percent-encoded message, and our own failure code. */
export function statusTrailers(failure: Failure): Record<string, string> {
  return Object.fromEntries(setTrailerStatus(new Headers(), toConnectError(failure)));
}
