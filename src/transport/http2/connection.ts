/**
 * A server-side connection: takes bytes, produces requests and bytes. It knows neither sockets nor the meaning of
 * requests. [RFC 9113]
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

/** How long a peer may continue a request that is already answered, in milliseconds. [RFC 9113, section 8.1] */
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
  /** Set while frames are read: output is then gathered and leaves together. */
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

  /** Set once nothing is read or created any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends our SETTINGS: the first bytes of this side. [Section 3.4] */
  start(): void {
    const { streamWindow, connectionWindow, headerListBytes } = this.options.limits;
    const settings = { initialWindowSize: streamWindow, maxHeaderListSize: headerListBytes };
    this.output.frame(FrameType.SETTINGS, 0, 0, encodeSettings(settings));
    this.output.frameOfNumber(FrameType.WINDOW_UPDATE, 0, connectionWindow - DEFAULT_WINDOW);
    this.#flush();
  }

  /** Takes bytes of the peer. The caller must not overwrite them: readers of requests may keep them. */
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
    // Drop what follows the final frame, such as the peer's GOAWAY.
    if (this.#isOver) this.#receiver.close();
    const { isIncomplete, isWithinBlock } = this.#receiver;
    this.#pace.received(isIncomplete, frames !== this.#receiver.frames && !isWithinBlock);
    this.#flush();
  }

  /** Called when some written bytes have left. */
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

  /** Called when the byte stream has ended, on either side. */
  closed(): void {
    this.#end(ErrorCode.CANCEL);
    this.#countBacklog(0);
  }

  /** Ends the connection if its peer is too slow. Call it periodically. */
  checkTime(): void {
    const problem = this.#pace.findProblem();
    if (problem !== undefined) this.fail(problem);
  }

  /** Shuts down gracefully, in two steps. The connection ends with its last stream. [Section 6.8] */
  leave(): void {
    if (!this.#isOver) this.shutdown.begin();
  }

  /** Ends the connection because of a peer's error. [Section 5.4.1] */
  fail({ code, message, reason }: ConnectionError): void {
    if (this.#isOver) return;
    this.options.watcher.connectionError(reason);
    writeGoAway(this.output, this.streams.last, code, message);
    this.#end(code);
  }

  /** Ends one stream because of a peer's error. [Section 5.4.2] */
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

  /** Called when the request of a stream is complete. */
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

  /** Counts received bytes against the window. @throws ConnectionError FLOW_CONTROL_ERROR [Section 6.9.1] */
  takeWindow(bytes: number): void {
    if (!this.#receiveWindow.take(bytes))
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'DATA: more than the window of the connection');
  }

  /** Gives consumed bytes back to the window. */
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
    // The unconsumed bytes of a closed stream were given back when it closed.
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
    // The rest of the request is not needed. [Section 8.1]
    else this.#transport.after(GRACE, () => stream.reset(ErrorCode.NO_ERROR));
  }

  /** Stops: no more frames are read or created. */
  #end(code: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#receiver.close();
    for (const stream of this.streams.all()) this.closeStream(stream, code);
    this.#flush();
    this.#transport.end();
  }

  /** Output from outside {@link receive} leaves at the end of the turn. */
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
    // Stop reading from a peer that does not read our answers.
    this.#isPaused = true;
    this.#pace.stalled();
    this.#transport.pause();
  }

  #countBacklog(backlog: number): void {
    this.#transport.hold(backlog - this.#heldBacklog);
    this.#heldBacklog = backlog;
  }
}
