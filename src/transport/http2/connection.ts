/**
 * One connection of a server: bytes in; requests, and bytes out. It knows nothing of sockets, nor of what requests are
 * about. [RFC 9113]
 */
import { ConnectionError, ErrorCode, type StreamError } from './error-code.ts';
import { FloodLimits } from './flood-limits.ts';
import { FrameType } from './frame.ts';
import type { Limits, RequestHandler, Watcher } from './interface.ts';
import { Output } from './output.ts';
import { Pace } from './pace.ts';
import { ReceiveWindow } from './receive-window.ts';
import { Receiver } from './receiver.ts';
import type { RequestHead } from './request-head.ts';
import { MAX_BACKLOG, Sender } from './sender.ts';
import { DEFAULT_WINDOW, defaultPeerSettings, encodeSettings } from './settings.ts';
import { Shutdown, writeGoAway } from './shutdown.ts';
import { Stream, type StreamOwner } from './stream.ts';
import { StreamTable } from './stream-table.ts';
import type { Transport } from './transport.ts';

export interface ConnectionOptions {
  readonly transport: Transport;
  readonly handler: RequestHandler;
  readonly watcher: Watcher;
  readonly limits: Limits;
}

/** Milliseconds that a peer may go on with a request that is answered already. [RFC 9113, section 8.1] */
const GRACE = 1_000;

export class Connection implements StreamOwner {
  readonly output: Output;
  readonly sender: Sender;
  readonly streams = new StreamTable();
  readonly floods: FloodLimits;
  readonly peer = defaultPeerSettings();
  readonly options: ConnectionOptions;
  readonly shutdown: Shutdown;
  readonly #receiveWindow: ReceiveWindow;
  readonly #pace: Pace;
  readonly #transport: Transport;
  readonly #receiver: Receiver;
  /** Frames are being read: what they lead to leaves together. */
  #isReceiving = false;
  #isFlushDeferred = false;
  #isOver = false;
  #isPaused = false;
  /** Bytes of the backlog that are counted as held. */
  #heldBacklog = 0;

  constructor(options: ConnectionOptions) {
    const { transport, limits } = options;
    this.options = options;
    this.#transport = transport;
    this.output = new Output(transport);
    this.floods = new FloodLimits(() => transport.now());
    this.#receiveWindow = new ReceiveWindow(limits.connectionWindow);
    this.sender = new Sender({
      output: this.output,
      backlog: () => transport.backlog,
      ended: (stream) => this.#localClosed(stream),
      worked: () => {
        this.floods.work++;
      },
    });
    this.shutdown = new Shutdown({
      output: this.output,
      streams: this.streams,
      transport,
      touch: () => this.#touch(),
      end: () => this.#end(ErrorCode.NO_ERROR),
    });
    this.#pace = new Pace(() => transport.now(), limits.timeout);
    this.#receiver = new Receiver(this);
  }

  /** Whether nothing is read or made any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Says what this server wants: the first bytes of its side. [Section 3.4] */
  start(): void {
    const { streamWindow, connectionWindow, headerListBytes } = this.options.limits;
    const settings = { initialWindowSize: streamWindow, maxHeaderListSize: headerListBytes };
    this.output.frame(FrameType.SETTINGS, 0, 0, encodeSettings(settings));
    this.output.frameOfNumber(FrameType.WINDOW_UPDATE, 0, connectionWindow - DEFAULT_WINDOW);
    this.#flush();
  }

  /** Bytes of the peer. They may be kept by those who read requests, and must not be overwritten. */
  receive(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#isReceiving = true;
    const frames = this.#receiver.frames;
    try {
      this.#receiver.read(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.fail(error);
    } finally {
      this.#isReceiving = false;
    }
    // What stands behind the frame that was the last, such as GOAWAY of the peer, is not kept.
    if (this.#isOver) this.#receiver.close();
    const { isIncomplete, isWithinBlock } = this.#receiver;
    this.#pace.received(isIncomplete, frames !== this.#receiver.frames && !isWithinBlock);
    this.#flush();
  }

  /** Some of what was written has left. */
  drained(): void {
    const { backlog } = this.#transport;
    const hadBacklog = this.#heldBacklog > 0;
    this.#countBacklog(backlog);
    if (!hadBacklog || this.#isOver) return;
    if (this.#isPaused) this.#pace.stalled();
    if (this.#isPaused && backlog <= MAX_BACKLOG / 2) this.#resume();
    this.sender.run();
    this.#flush();
  }

  #resume(): void {
    this.#isPaused = false;
    this.#pace.recovered();
    this.#transport.resume();
  }

  /** The bytes have come to their end, whoever has ended them. */
  closed(): void {
    this.#end(ErrorCode.CANCEL);
    this.#countBacklog(0);
  }

  /** Ends the connection if its peer is too slow. To be called now and then. */
  checkTime(): void {
    const problem = this.#pace.findProblem();
    if (problem !== undefined) this.fail(problem);
  }

  /** Lets the connection go in two steps. It ends with its last stream. [Section 6.8] */
  leave(): void {
    if (!this.#isOver) this.shutdown.begin();
  }

  /** Ends everything because of what the peer did. [Section 5.4.1] */
  fail({ code, message, reason }: ConnectionError): void {
    if (this.#isOver) return;
    this.options.watcher.connectionError(reason);
    writeGoAway(this.output, this.streams.last, code, message);
    this.#end(code);
  }

  /** Ends one stream because of what the peer did. [Section 5.4.2] */
  failStream({ stream: id, code, reason }: StreamError): void {
    this.options.watcher.streamError(reason);
    this.floods.streamError();
    this.#reset(id, code);
  }

  open(id: number, head: RequestHead): Stream {
    const stream = new Stream(id, head, this, this.options.limits.streamWindow, this.peer.initialWindowSize);
    this.streams.add(stream);
    return stream;
  }

  /** The request of a stream is whole. */
  remoteClosed(stream: Stream): void {
    stream.isRemoteClosed = true;
    if (stream.isLocalClosed) this.closeStream(stream, ErrorCode.NO_ERROR);
  }

  closeStream(stream: Stream, code: number): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.streams.delete(stream.id);
    this.sender.forget(stream);
    while (!stream.isDrained) stream.shift();
    if (stream.unconsumed > 0) this.credit(stream.unconsumed);
    stream.consumer.closed(code);
    this.shutdown.endIfEmpty();
  }

  /** So many bytes have come that flow control counts. @throws ConnectionError FLOW_CONTROL_ERROR [Section 6.9.1] */
  takeWindow(bytes: number): void {
    if (!this.#receiveWindow.take(bytes))
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'DATA: more than the window of the connection');
  }

  /** So many of them are used. */
  credit(bytes: number): void {
    const increment = this.#receiveWindow.consume(bytes);
    if (increment > 0) this.output.frameOfNumber(FrameType.WINDOW_UPDATE, 0, increment);
  }

  // For streams:

  writeHeaders(stream: Stream, block: Uint8Array, isLast: boolean): void {
    this.output.headers(stream.id, block, isLast);
    this.#touch();
    if (isLast) this.#localClosed(stream);
  }

  send(stream: Stream): void {
    this.sender.send(stream);
    this.#touch();
  }

  consumed(stream: Stream, bytes: number): void {
    if (this.#isOver || bytes === 0) return;
    // What a closed stream had not used was given back when it was closed.
    if (stream.isClosed) return;
    this.credit(bytes);
    const increment = stream.isRemoteClosed ? 0 : stream.receiveWindow.consume(bytes);
    if (increment > 0) this.output.frameOfNumber(FrameType.WINDOW_UPDATE, stream.id, increment);
    this.#touch();
  }

  hold(change: number): void {
    this.#transport.hold(change);
  }

  reset(stream: Stream, code: number): void {
    this.#reset(stream.id, code);
    this.#touch();
  }

  #reset(id: number, code: number): void {
    this.output.frameOfNumber(FrameType.RST_STREAM, id, code);
    this.streams.rememberReset(id, 'us');
    const stream = this.streams.get(id);
    if (stream !== undefined) this.closeStream(stream, code);
  }

  #localClosed(stream: Stream): void {
    stream.isLocalClosed = true;
    if (stream.isRemoteClosed) this.closeStream(stream, ErrorCode.NO_ERROR);
    // The rest of the request is of no use. [Section 8.1]
    else this.#transport.after(GRACE, () => stream.reset(ErrorCode.NO_ERROR));
  }

  /** No frame is read or made any more. */
  #end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.close();
    for (const stream of this.streams.all()) this.closeStream(stream, code);
    this.#flush();
    this.#transport.end();
  }

  /** What is written outside of {@link receive} leaves at the end of the turn. */
  #touch(): void {
    if (this.#isReceiving || this.#isFlushDeferred) return;
    this.#isFlushDeferred = true;
    this.#transport.defer(() => {
      this.#isFlushDeferred = false;
      this.#flush();
    });
  }

  #flush(): void {
    this.output.flush();
    const { backlog } = this.#transport;
    if (backlog === this.#heldBacklog) return;
    this.#countBacklog(backlog);
    if (backlog <= MAX_BACKLOG || this.#isPaused) return;
    // Who does not read what it asked for is not listened to.
    this.#isPaused = true;
    this.#pace.stalled();
    this.#transport.pause();
  }

  #countBacklog(backlog: number): void {
    this.#transport.hold(backlog - this.#heldBacklog);
    this.#heldBacklog = backlog;
  }
}
