import { type Code, ConnectError } from '@connectrpc/connect';
import type { Failure } from '../protocol/failure.ts';

/** Converts a failure to Connect's error. Its codes have gRPC's numbers. */
export function toConnectError(failure: Failure): ConnectError {
  const error = new ConnectError(failure.message, failure.status as Code);
  error.metadata.set('exhook-failure', failure.code);
  return error;
}
