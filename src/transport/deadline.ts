import { parseTimeout } from '@connectrpc/connect/protocol-grpc';
import { Failure } from '../failure.ts';

/** What a broker waits when it does not say: `request_timeout` of EMQX, in milliseconds. */
export const DEFAULT_TIMEOUT = 5_000;

/** A broker sends the same few values again and again. */
const MAX_REMEMBERED = 64;

/** Reads `grpc-timeout` headers into milliseconds. */
export function createTimeoutParser(): (header: string | undefined) => number {
  const remembered = new Map<string, number>();
  return (header) => {
    if (header === undefined) return DEFAULT_TIMEOUT;
    const known = remembered.get(header);
    if (known !== undefined) return known;
    const { timeoutMs, error } = parseTimeout(header, Number.POSITIVE_INFINITY);
    if (error !== undefined || timeoutMs === undefined) {
      throw new Failure(
        'invalid_request',
        'the header grpc-timeout is not a number of up to 8 digits and a unit',
      );
    }
    if (remembered.size < MAX_REMEMBERED) remembered.set(header, timeoutMs);
    return timeoutMs;
  };
}
