import type { Failure } from '../protocol/failure.ts';

/**
 * Builds the trailers of a failed call: status, percent-encoded message, and our failure code.
 *
 * Same format as Connect, whose own function would load all of Connect into a server that only brokers call.
 */
export function statusTrailers({ status, message, code }: Failure): Record<string, string> {
  return {
    'grpc-status': String(status),
    'grpc-message': encodeURIComponent(message),
    'exhook-failure': code,
  };
}
