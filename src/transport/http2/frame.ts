/** The layout of frames. [RFC 9113, sections 4.1 and 6] */

/** Length (24 bits), type (8), flags (8), reserved bit and stream (32). */
export const FRAME_HEADER_BYTES = 9;

/** SETTINGS_MAX_FRAME_SIZE until a peer changes it; this server never does. */
export const DEFAULT_MAX_FRAME_SIZE = 16_384;

export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

export const Flag = {
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

/** Bytes of the fields of HEADERS that the flag PRIORITY announces. */
export const PRIORITY_BYTES = 5;

/** The highest stream identifier, and the largest window. */
export const MAX_UINT31 = 0x7fffffff;

export function readUint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

/** Drops the reserved bit, which a receiver ignores. */
export function readUint31(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return readUint31(bytes, at) + ((bytes[at] as number) >>> 7) * 0x80000000;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  writeUint32(bytes, at + 5, stream);
}

/** Below this size a loop is faster than `set`. */
const SHORT = 32;

/** Copies `source` to `target` at `at`. @returns the position after it. */
export function copyBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  const { length } = source;
  if (length > SHORT) target.set(source, at);
  else for (let i = 0; i < length; i++) target[at + i] = source[i] as number;
  return at + length;
}
