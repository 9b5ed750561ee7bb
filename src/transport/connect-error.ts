import { type Code, ConnectError } from '@connectrpc/connect';
import type { Failure } from '../protocol/failure.ts';

/** A failure as Connect's error. The numbers of its codes are those of gRPC. */
export function toConnectError(failure: Failure): ConnectError {
  const error = new ConnectError(failure.message, failure.status as Code);
  error.metadata.set('exhook-failure', failure.code);
  return error;
}
