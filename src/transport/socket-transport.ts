/** Runs a connection of our own HTTP/2 on a Node socket, with or without TLS. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection as Http2Connection } from './http2/connection.ts';
import type { Transport } from './http2/transport.ts';
import type { ConnectionInFlight } from './in-flight.ts';

/** Time for the peer to read the last bytes and end its half, in milliseconds. */
const LINGER = 1_000;

export class SocketTransport implements Transport {
  readonly #socket: Socket;
  /** TLS never writes synchronously. */
  readonly #isEncrypted: boolean;
  #connection: Http2Connection | undefined;
  #load: ConnectionInFlight | undefined;
  readonly #onWritten = (): void => this.#connection?.drained();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#isEncrypted = socket instanceof TLSSocket;
  }

  /** Begins to read. */
  carry(connection: Http2Connection, load: ConnectionInFlight): void {
    this.#connection = connection;
    this.#load = load;
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => connection.receive(chunk));
    socket.once('close', () => connection.closed());
    connection.start();
    socket.resume();
  }

  get backlog(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return true;
    // Copy what has to wait: it is usually small, and the buffer is large.
    if (this.#isEncrypted || socket.writableLength > 0) {
      socket.write(Buffer.from(bytes), this.#onWritten);
      return true;
    }
    socket.write(bytes, this.#onWritten);
    return socket.writableLength === 0;
  }

  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    socket.end();
    // Discard what the peer still sends. If it stays unread, the kernel sends a reset that destroys our last bytes.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER).unref();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  now(): number {
    return performance.now();
  }

  defer(callback: () => void): void {
    process.nextTick(callback);
  }

  after(milliseconds: number, callback: () => void): void {
    setTimeout(callback, milliseconds).unref();
  }

  hold(change: number): void {
    if (change !== 0) this.#load?.hold(change);
  }
}
