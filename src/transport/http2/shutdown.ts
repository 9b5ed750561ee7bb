/**
 * Sends GOAWAY in two steps, as RFC 9113 section 6.8 advises: first one that refuses nothing, and after a round trip
 * the final one. After a single GOAWAY the client would treat the requests that it had already sent as refused.
 */
import { ErrorCode } from './error-code.ts';
import { FrameType, MAX_UINT31, writeUint32 } from './frame.ts';
import type { Output } from './output.ts';
import type { StreamTable } from './stream-table.ts';
import type { Transport } from './transport.ts';

/** Longest wait for the answer to the PING between the two steps, in milliseconds. */
const ROUND_TRIP = 1_000;
/** The payload of that PING. */
const LEAVING = new TextEncoder().encode('leaving!');

export interface ShutdownWorld {
  readonly output: Output;
  readonly streams: StreamTable;
  readonly transport: Transport;
  /** Something was written. */
  readonly touch: () => void;
  /** The last stream has ended. */
  readonly end: () => void;
}

export class Shutdown {
  readonly #world: ShutdownWorld;
  /** `noticed` after the first GOAWAY; `refusing` once no new stream is accepted. */
  #step: 'no' | 'noticed' | 'refusing' = 'no';
  #lastServed = MAX_UINT31;

  constructor(world: ShutdownWorld) {
    this.#world = world;
  }

  /** Takes the first step. */
  begin(): void {
    if (this.#step !== 'no') return;
    this.#step = 'noticed';
    writeGoAway(this.#world.output, MAX_UINT31, ErrorCode.NO_ERROR);
    this.#world.output.frame(FrameType.PING, 0, 0, LEAVING);
    this.#world.transport.after(ROUND_TRIP, () => this.pinged());
    this.#world.touch();
  }

  /** The peer has answered our PING: everything that it sent before it read the notice has arrived. */
  pinged(): void {
    if (this.#step !== 'noticed') return;
    this.#step = 'refusing';
    this.#lastServed = this.#world.streams.last;
    writeGoAway(this.#world.output, this.#lastServed, ErrorCode.NO_ERROR);
    this.#world.touch();
    this.endIfEmpty();
  }

  /** The peer has sent GOAWAY: it will open no more streams. */
  peerLeaves(): void {
    this.#step = 'refusing';
    this.endIfEmpty();
  }

  /** Whether a new stream comes too late to be served. */
  isRefused(id: number): boolean {
    return id > this.#lastServed;
  }

  endIfEmpty(): void {
    if (this.#step === 'refusing' && this.#world.streams.size === 0) this.#world.end();
  }
}

/** @param message debug data. */
export function writeGoAway(output: Output, last: number, code: number, message = ''): void {
  const text = new TextEncoder().encode(message);
  const payload = new Uint8Array(8 + text.length);
  writeUint32(payload, 0, last);
  writeUint32(payload, 4, code);
  payload.set(text, 8);
  output.frame(FrameType.GOAWAY, 0, 0, payload);
}
