/** Error codes of RST_STREAM and GOAWAY. [RFC 9113, section 7] */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  ENHANCE_YOUR_CALM: 0xb,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** A peer's error, as the metrics count it. */
export type Reason =
  | 'protocol'
  | 'flow_control'
  | 'frame_size'
  | 'stream_closed'
  | 'compression'
  | 'malformed_request'
  | 'header_list_too_large'
  | 'continuation_flood'
  | 'reset_flood'
  | 'stream_error_flood'
  | 'settings_flood'
  | 'ping_flood'
  | 'priority_flood'
  | 'window_update_flood'
  | 'empty_data_flood'
  | 'slow_frame'
  | 'slow_reader';

const reasons: Partial<Record<ErrorCode, Reason>> = {
  [ErrorCode.FLOW_CONTROL_ERROR]: 'flow_control',
  [ErrorCode.FRAME_SIZE_ERROR]: 'frame_size',
  [ErrorCode.STREAM_CLOSED]: 'stream_closed',
  [ErrorCode.COMPRESSION_ERROR]: 'compression',
};

/** Ends the whole connection with GOAWAY. [RFC 9113, section 5.4.1] */
export class ConnectionError extends Error {
  readonly code: ErrorCode;
  readonly reason: Reason;

  /** @param message debug data of the GOAWAY frame: the error, never a value that the peer sent. */
  constructor(code: ErrorCode, message: string, reason: Reason = reasons[code] ?? 'protocol') {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** Ends one stream with RST_STREAM. [RFC 9113, section 5.4.2] */
export class StreamError extends Error {
  readonly stream: number;
  readonly code: ErrorCode;
  readonly reason: Reason;

  constructor(
    stream: number,
    code: ErrorCode,
    message: string,
    reason: Reason = reasons[code] ?? 'protocol',
  ) {
    super(message);
    this.stream = stream;
    this.code = code;
    this.reason = reason;
  }
}

/** @throws ConnectionError PROTOCOL_ERROR */
export function protocolError(message: string): never {
  throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, message);
}

/** @throws ConnectionError FRAME_SIZE_ERROR */
export function frameSizeError(message: string): never {
  throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, message);
}
