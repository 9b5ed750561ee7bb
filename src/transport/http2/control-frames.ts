/** Handles frames that are not part of a request. [RFC 9113, section 6] */
import type { Connection } from './connection.ts';
import { ErrorCode, frameSizeError, protocolError, StreamError } from './error-code.ts';
import { Flag, FrameType, PRIORITY_BYTES, readUint31, readUint32 } from './frame.ts';
import { applySettings, DEFAULT_TABLE_SIZE } from './settings.ts';

const PING_BYTES = 8;
const NUMBER_BYTES = 4;
/** GOAWAY: last stream and error code. Debug data may follow. */
const MIN_GOAWAY_BYTES = 8;

const NOTHING = new Uint8Array(0);

export class ControlFrames {
  readonly #connection: Connection;
  #hasUpdatedTable = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @throws ConnectionError, StreamError */
  take(type: number, bytes: Uint8Array, start: number, end: number, flags: number, id: number): void {
    switch (type) {
      case FrameType.SETTINGS:
        this.#settings(bytes, start, end, flags, id);
        break;
      case FrameType.PING:
        this.#ping(bytes, start, end, flags, id);
        break;
      case FrameType.WINDOW_UPDATE:
        this.#windowUpdate(bytes, start, end, id);
        break;
      case FrameType.RST_STREAM:
        this.#rstStream(bytes, start, end, id);
        break;
      case FrameType.GOAWAY:
        this.#goAway(end - start, id);
        break;
      case FrameType.PRIORITY:
        this.#priority(bytes, start, end, id);
        break;
      case FrameType.PUSH_PROMISE:
        protocolError('PUSH_PROMISE: a client must not push');
    }
    // Ignore frames of unknown types. [Section 5.5]
  }

  /** [Section 6.5] */
  #settings(bytes: Uint8Array, start: number, end: number, flags: number, id: number): void {
    const { floods, peer, sender, streams, output } = this.#connection;
    if (id !== 0) protocolError('SETTINGS: on a stream');
    if ((flags & Flag.ACK) !== 0) {
      if (end > start) frameSizeError('SETTINGS: acknowledgement with a payload');
      return;
    }
    floods.settings();
    const before = peer.initialWindowSize;
    applySettings(peer, bytes, start, end);
    output.frame(FrameType.SETTINGS, Flag.ACK, 0, NOTHING);
    if (peer.headerTableSize < DEFAULT_TABLE_SIZE && !this.#hasUpdatedTable) {
      this.#hasUpdatedTable = true;
      output.mustUpdateTable = true;
    }
    if (peer.initialWindowSize !== before)
      sender.changeInitialWindow(streams.all(), peer.initialWindowSize - before);
  }

  /** [Section 6.7] */
  #ping(bytes: Uint8Array, start: number, end: number, flags: number, id: number): void {
    if (id !== 0) protocolError('PING: on a stream');
    if (end - start !== PING_BYTES) frameSizeError('PING: not 8 bytes');
    if ((flags & Flag.ACK) !== 0) {
      this.#connection.shutdown.pinged();
      return;
    }
    this.#connection.floods.ping();
    this.#connection.output.frame(FrameType.PING, Flag.ACK, 0, bytes.subarray(start, end));
  }

  /** [Section 6.9] */
  #windowUpdate(bytes: Uint8Array, start: number, end: number, id: number): void {
    const { floods, sender, streams } = this.#connection;
    if (end - start !== NUMBER_BYTES) frameSizeError('WINDOW_UPDATE: not 4 bytes');
    if (streams.isIdle(id) && id !== 0) protocolError('WINDOW_UPDATE: the stream is idle');
    floods.windowUpdate();
    const increment = readUint31(bytes, start);
    if (id === 0) {
      if (increment === 0) protocolError('WINDOW_UPDATE: zero increment');
      sender.openConnectionWindow(increment);
      return;
    }
    const stream = streams.get(id);
    // It may have been sent before the stream was closed. [Section 5.1]
    if (stream === undefined) return;
    if (increment === 0) throw new StreamError(id, ErrorCode.PROTOCOL_ERROR, 'WINDOW_UPDATE: zero increment');
    sender.openStreamWindow(stream, increment);
  }

  /** [Section 6.4] */
  #rstStream(bytes: Uint8Array, start: number, end: number, id: number): void {
    const { floods, streams } = this.#connection;
    if (end - start !== NUMBER_BYTES) frameSizeError('RST_STREAM: not 4 bytes');
    if (id === 0 || streams.isIdle(id)) protocolError('RST_STREAM: the stream is idle');
    floods.reset();
    const stream = streams.get(id);
    if (stream === undefined) return;
    streams.rememberReset(id, 'peer');
    this.#connection.closeStream(stream, readUint32(bytes, start));
  }

  /** [Section 6.8] */
  #goAway(size: number, id: number): void {
    if (id !== 0) protocolError('GOAWAY: on a stream');
    if (size < MIN_GOAWAY_BYTES) frameSizeError('GOAWAY: too short');
    this.#connection.shutdown.peerLeaves();
  }

  /** Deprecated: checked, but without effect. [Section 5.3.2] */
  #priority(bytes: Uint8Array, start: number, end: number, id: number): void {
    if (id === 0) protocolError('PRIORITY: not on a stream');
    if (end - start !== PRIORITY_BYTES) frameSizeError('PRIORITY: not 5 bytes');
    this.#connection.floods.priority();
    if (readUint31(bytes, start) === id) protocolError('PRIORITY: the stream depends on itself');
  }
}
