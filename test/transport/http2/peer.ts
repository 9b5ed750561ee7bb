/** A client of HTTP/2 by hand, on the other side of a connection without sockets: bytes in, frames and requests out. */
import { Connection } from '../../../src/transport/http2/connection.ts';
import type { Reason } from '../../../src/transport/http2/error-code.ts';
import { HeaderDecoder } from '../../../src/transport/http2/hpack/decoder.ts';
import { encodeFields } from '../../../src/transport/http2/hpack/encoder.ts';
import type { HeaderField } from '../../../src/transport/http2/hpack/header-field.ts';
import type { RequestHead } from '../../../src/transport/http2/request-head.ts';
import type { Stream } from '../../../src/transport/http2/stream.ts';
import type { Exchange } from '../../../src/transport/http2/whole-exchange.ts';
import { framesIn, http2Frame, PREFACE } from '../raw-client.ts';

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const ACK = 1;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const WITH_PRIORITY = 0x20;

/** Of the connections in these tests. */
export const STREAM_WINDOW = 100_000;
export const CONNECTION_WINDOW = 400_000;
export const HEADER_LIST_BYTES = 4_096;
export const TIMEOUT = 5_000;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** A request that was handled on the general way. */
export interface Seen {
  readonly stream: Stream;
  readonly head: RequestHead;
  body: Buffer;
  isWhole: boolean;
  trailers: readonly HeaderField[];
  closed: number | undefined;
}

const responseBlock = encodeFields([
  [':status', '200'],
  ['content-type', 'text/plain'],
]);
const trailerBlock = encodeFields([['status', 'fine']]);

/** How requests are handled. The path of a request says how: `/later` is not answered by the handler. */
export class Peer {
  readonly connection: Connection;
  readonly requests: { readonly head: RequestHead; readonly body: Buffer; readonly isFast: boolean }[] = [];
  readonly seen = new Map<number, Seen>();
  readonly reasons: Reason[] = [];
  readonly streamReasons: Reason[] = [];
  /** What the connection itself holds. */
  held = 0;
  now = 1_000;
  writes = 0;
  isEnded = false;
  isPaused = false;
  /** Whether the peer reads its socket. */
  isReading = true;
  /** What handlers do not use. */
  mayConsume = true;
  #unread = 0;
  #received = Buffer.alloc(0);
  readonly #deferred: (() => void)[] = [];
  readonly #timers: { readonly at: number; readonly callback: () => void }[] = [];
  readonly #decoder = new HeaderDecoder({ maxTableSize: 4_096, maxListSize: 100_000 });

  constructor(limits: { readonly connectionWindow?: number } = {}) {
    const peer = this;
    this.connection = new Connection({
      transport: {
        get backlog() {
          return peer.#unread;
        },
        write: (bytes) => this.#take(bytes),
        end: () => {
          this.isEnded = true;
        },
        pause: () => {
          this.isPaused = true;
        },
        resume: () => {
          this.isPaused = false;
        },
        now: () => this.now,
        defer: (callback) => this.#deferred.push(callback),
        after: (milliseconds, callback) => this.#timers.push({ at: this.now + milliseconds, callback }),
        hold: (change) => {
          this.held += change;
        },
      },
      handler: {
        whole: (head, bytes, start, end, exchange) => this.#whole(head, bytes.slice(start, end), exchange),
        begin: (stream) => this.#consume(stream),
      },
      watcher: {
        connectionError: (reason) => this.reasons.push(reason),
        streamError: (reason) => this.streamReasons.push(reason),
      },
      limits: {
        streamWindow: STREAM_WINDOW,
        connectionWindow: CONNECTION_WINDOW,
        headerListBytes: HEADER_LIST_BYTES,
        timeout: TIMEOUT,
        ...limits,
      },
    });
    this.connection.start();
  }

  /** Past the preface and the exchange of SETTINGS. */
  static ready(settings: Uint8Array = Buffer.alloc(0)): Peer {
    const peer = new Peer();
    peer.send(
      Buffer.from(PREFACE),
      http2Frame(SETTINGS, 0, 0, settings),
      http2Frame(SETTINGS, ACK, 0, NOTHING),
    );
    peer.take();
    return peer;
  }

  /** In one chunk. */
  send(...frames: Uint8Array[]): void {
    this.connection.receive(Buffer.concat(frames));
    this.turn();
  }

  /** Ends the turn. */
  turn(): void {
    for (const callback of this.#deferred.splice(0)) callback();
  }

  /** Time goes by. */
  wait(milliseconds: number): void {
    this.now += milliseconds;
    for (const timer of this.#timers.splice(0))
      if (timer.at <= this.now) timer.callback();
      else this.#timers.push(timer);
    this.turn();
  }

  /** The peer reads its socket again. */
  read(): void {
    this.isReading = true;
    this.#unread = 0;
    this.connection.drained();
    this.turn();
  }

  /** Output since the last call. */
  take(): Frame[] {
    const frames = framesIn(this.#received);
    this.#received = Buffer.alloc(0);
    return frames;
  }

  /** The fields of header frames. */
  fields({ payload }: Frame): Record<string, string> {
    return Object.fromEntries(this.#decoder.decode(payload, 0, payload.length).fields);
  }

  /** How the connection was ended, if it was. */
  goAway(): { readonly last: number; readonly code: number; readonly text: string } | undefined {
    const frame = this.take().findLast(({ type }) => type === GOAWAY);
    if (frame === undefined) return undefined;
    const { payload } = frame;
    return {
      last: payload.readUInt32BE(0),
      code: payload.readUInt32BE(4),
      text: payload.toString('latin1', 8),
    };
  }

  #take(bytes: Uint8Array): boolean {
    this.writes++;
    this.#received = Buffer.concat([this.#received, bytes]);
    if (!this.isReading) this.#unread += bytes.length;
    return this.isReading;
  }

  #whole(head: RequestHead, body: Buffer | Uint8Array, exchange: Exchange): void {
    this.requests.push({ head, body: Buffer.from(body), isFast: true });
    if (head.path !== '/later' && exchange.reply(responseBlock, Buffer.from('>'), body, trailerBlock)) return;
    const seen = this.#see(exchange.open());
    seen.body = Buffer.from(body);
    seen.isWhole = true;
    if (head.path !== '/later') this.answer(seen.stream.id, Buffer.concat([Buffer.from('>'), body]));
  }

  #see(stream: Stream): Seen {
    const seen: Seen = {
      stream,
      head: stream.head,
      body: Buffer.alloc(0),
      isWhole: false,
      trailers: [],
      closed: undefined,
    };
    this.seen.set(stream.id, seen);
    stream.consumer = {
      data: (bytes, start, end) => {
        seen.body = Buffer.concat([seen.body, bytes.subarray(start, end)]);
        if (this.mayConsume) stream.consumed(end - start);
      },
      end: (trailers) => {
        seen.isWhole = true;
        seen.trailers = trailers;
        this.requests.push({ head: stream.head, body: seen.body, isFast: false });
        if (stream.head.path !== '/later')
          this.answer(stream.id, Buffer.concat([Buffer.from('>'), seen.body]));
      },
      closed: (code) => {
        seen.closed = code;
      },
    };
    return seen;
  }

  #consume(stream: Stream): void {
    this.#see(stream);
  }

  /** Answers a request that waits. */
  answer(id: number, body: Uint8Array): void {
    const { stream } = this.seen.get(id) as Seen;
    stream.respond(responseBlock);
    stream.write(body);
    stream.end(trailerBlock);
  }
}

const NOTHING = Buffer.alloc(0);

export const request: readonly HeaderField[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':authority', 'localhost'],
  [':path', '/echo'],
];

export function requestTo(path: string, ...more: HeaderField[]): HeaderField[] {
  return [...request.map(([name, value]): HeaderField => [name, name === ':path' ? path : value]), ...more];
}

/** HEADERS with a whole block. */
export function headers(stream: number, fields: readonly HeaderField[] = request, flags = 0): Buffer {
  return http2Frame(HEADERS, flags | END_HEADERS, stream, encodeFields(fields));
}

export function data(stream: number, body: string | Uint8Array, flags = END_STREAM): Buffer {
  return http2Frame(DATA, flags, stream, Buffer.from(body));
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i);
  return bytes;
}

export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

export const windowUpdate = (stream: number, increment: number): Buffer =>
  http2Frame(WINDOW_UPDATE, 0, stream, uint32(increment));

export const reset = (stream: number, code = 8): Buffer => http2Frame(RST_STREAM, 0, stream, uint32(code));

export { http2Frame, PREFACE };
