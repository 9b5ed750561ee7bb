/**
 * A pool of connections that handles GOAWAY like EMQX's HTTP/2 client (gun without retries): calls that begin while a
 * connection closes are lost, and a closed connection is reopened at once or after a pause.
 */
import { once } from 'node:events';
import { connect } from 'node:http2';

export class Pool {
  /** Failed calls, by reason. */
  lost = new Map();
  #slots;
  #stopped = false;

  /** @param {string} url @param {{ size: number, reconnectAfter: number }} options milliseconds */
  constructor(url, { size, reconnectAfter }) {
    this.#slots = Array.from({ length: size }, () => ({ session: undefined }));
    this.url = url;
    this.reconnectAfter = reconnectAfter;
  }

  async open() {
    await Promise.all(this.#slots.map((slot) => this.#connect(slot)));
  }

  /** @param {number} client its calls stay on one connection @returns {Promise<boolean>} whether it was answered */
  async call(client, path, frame) {
    const { session } = this.#slots[client % this.#slots.length];
    if (session === undefined || session.closed || session.destroyed) return this.#lose('closing');
    return await new Promise((resolve) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc+proto',
        'grpc-timeout': '5S',
        te: 'trailers',
      });
      let status;
      stream.on('trailers', (trailers) => {
        status = trailers['grpc-status'];
      });
      stream.on('error', () => {});
      stream.on('close', () => resolve(status === '0' ? true : this.#lose('unanswered')));
      stream.resume();
      stream.end(frame);
    });
  }

  close() {
    this.#stopped = true;
    for (const { session } of this.#slots) session?.destroy();
  }

  #lose(why) {
    this.lost.set(why, (this.lost.get(why) ?? 0) + 1);
    return false;
  }

  async #connect(slot) {
    const session = connect(this.url);
    session.on('error', () => {});
    session.once('close', () => {
      slot.session = undefined;
      if (!this.#stopped) setTimeout(() => this.#connect(slot), this.reconnectAfter);
    });
    await once(session, 'connect').catch(() => {});
    slot.session = session;
  }
}
