import { Failure } from '../protocol/failure.ts';

/** What a broker waits if it does not say: `request_timeout` of EMQX, in milliseconds. */
export const DEFAULT_TIMEOUT = 5_000;

/**
 * Reads the timeout as Connect does; Connect's own function would load all of Connect at every start. [gRPC over
 * HTTP/2, Timeout]
 */
const GRPC_TIMEOUT = /^(\d{1,8})([HMSmun])$/;

/** Milliseconds. */
const units: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** A broker sends the same few values again and again: cache them. */
const MAX_REMEMBERED = 64;

/** Parses `grpc-timeout` headers into milliseconds. */
export function createTimeoutParser(): (header: string | undefined) => number {
  const remembered = new Map<string, number>();
  return (header) => {
    if (header === undefined) return DEFAULT_TIMEOUT;
    const known = remembered.get(header);
    if (known !== undefined) return known;
    const [, digits = '', unit = ''] = GRPC_TIMEOUT.exec(header) ?? [];
    const timeoutMs = Number(digits) * (units[unit] ?? 0);
    if (unit === '') {
      throw new Failure(
        'invalid_request',
        'the header grpc-timeout is not a number of up to 8 digits followed by a unit',
      );
    }
    if (remembered.size < MAX_REMEMBERED) remembered.set(header, timeoutMs);
    return timeoutMs;
  };
}
