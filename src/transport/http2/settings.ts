/** SETTINGS. [RFC 9113, section 6.5] */
import { ConnectionError, ErrorCode, frameSizeError, protocolError } from './error-code.ts';
import { DEFAULT_MAX_FRAME_SIZE, MAX_UINT31, readUint32, writeUint32 } from './frame.ts';

const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
  /** [RFC 8441, section 3] */
  ENABLE_CONNECT_PROTOCOL: 0x8,
} as const;

const SETTING_BYTES = 6;
const LARGEST_FRAME = 2 ** 24 - 1;

/** Initial size of a window. [RFC 9113, section 6.9.2] */
export const DEFAULT_WINDOW = 65_535;

/** Initial size of the dynamic table. [RFC 9113, section 6.5.2] */
export const DEFAULT_TABLE_SIZE = 4_096;

/** The peer's settings that matter to a server that never pushes and does not use a dynamic table for responses. */
export interface PeerSettings {
  headerTableSize: number;
  initialWindowSize: number;
  maxFrameSize: number;
}

export const defaultPeerSettings = (): PeerSettings => ({
  headerTableSize: DEFAULT_TABLE_SIZE,
  initialWindowSize: DEFAULT_WINDOW,
  maxFrameSize: DEFAULT_MAX_FRAME_SIZE,
});

/**
 * Applies a payload to `settings`, in order. Ignores unknown settings.
 *
 * @throws ConnectionError
 */
export function applySettings(settings: PeerSettings, bytes: Uint8Array, start: number, end: number): void {
  if ((end - start) % SETTING_BYTES !== 0) frameSizeError('SETTINGS: length is not a multiple of 6');
  for (let at = start; at < end; at += SETTING_BYTES) {
    const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    applySetting(settings, id, readUint32(bytes, at + 2));
  }
}

function applySetting(settings: PeerSettings, id: number, value: number): void {
  switch (id) {
    case Setting.HEADER_TABLE_SIZE:
      settings.headerTableSize = value;
      return;
    case Setting.ENABLE_PUSH:
    case Setting.ENABLE_CONNECT_PROTOCOL:
      if (value > 1) protocolError('SETTINGS: a boolean is neither 0 nor 1');
      return;
    case Setting.INITIAL_WINDOW_SIZE:
      if (value > MAX_UINT31)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'SETTINGS: the initial window is too large');
      settings.initialWindowSize = value;
      return;
    case Setting.MAX_FRAME_SIZE:
      if (value < DEFAULT_MAX_FRAME_SIZE || value > LARGEST_FRAME)
        protocolError('SETTINGS: the frame size is out of range');
      settings.maxFrameSize = value;
  }
}

export interface OwnSettings {
  readonly initialWindowSize: number;
  readonly maxHeaderListSize: number;
}

/** Builds the payload of a server's first frame. Other settings keep their default. */
export function encodeSettings({ initialWindowSize, maxHeaderListSize }: OwnSettings): Uint8Array {
  const pairs = [
    [Setting.INITIAL_WINDOW_SIZE, initialWindowSize],
    [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListSize],
  ] as const;
  const payload = new Uint8Array(pairs.length * SETTING_BYTES);
  pairs.forEach(([id, value], i) => {
    payload[i * SETTING_BYTES + 1] = id;
    writeUint32(payload, i * SETTING_BYTES + 2, value);
  });
  return payload;
}
