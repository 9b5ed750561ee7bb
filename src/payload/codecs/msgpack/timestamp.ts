/** Converts the timestamp extension of MessagePack to text. */
import { malformed, unsupported } from '../error.ts';

const NANOSECONDS = 1_000_000_000;
/** 0000-01-01 to 9999-12-31, the range of RFC 3339. */
const MIN_SECONDS = -62_167_219_200;
const MAX_SECONDS = 253_402_300_799;

/**
 * Returns RFC 3339 in UTC, with 3, 6 or 9 fractional digits if they are not all zero: "2026-01-02T03:04:05.250Z".
 *
 * @param data 4, 8 or 12 bytes
 * @throws CodecError
 */
export function decodeTimestamp(data: Uint8Array): string {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [seconds, nanoseconds] = parts(view);
  if (nanoseconds >= NANOSECONDS) throw malformed('has a timestamp with more than a second of nanoseconds');
  if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
    throw unsupported('has a timestamp outside the years 0 to 9999');
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}${fraction(nanoseconds)}Z`;
}

function parts(view: DataView): readonly [seconds: number, nanoseconds: number] {
  if (view.byteLength === 4) return [view.getUint32(0), 0];
  if (view.byteLength === 12) return [Number(view.getBigInt64(4)), view.getUint32(0)];
  // 30 bits of nanoseconds, 34 bits of seconds.
  const high = view.getUint32(0);
  return [(high & 3) * 2 ** 32 + view.getUint32(4), high >>> 2];
}

function fraction(nanoseconds: number): string {
  if (nanoseconds === 0) return '';
  return `.${String(nanoseconds)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`;
}
