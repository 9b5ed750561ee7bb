/**
 * Tracks answers that callers do not read. A peer that opens no window keeps each of its streams open forever, with the
 * answer in it. Such streams are reset when their time is over, or when there are too many.
 */
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Link } from '../lib/linked-list.ts';
import { type AnyResponse, onceClosed } from './http-message.ts';
import { ErrorCode } from './http2/error-code.ts';
import { StreamResponse } from './stream-response.ts';
import { type Since, SweptList } from './swept-list.ts';

/** `since`: when it was answered. */
export interface Unread extends Since {
  /** Resets an unread answer. Called by a timer only: see {@link resetUnread}. */
  abandon(): void;
}

/** Minimum time of an answer, in milliseconds: many may be sent at once and read a moment later. */
const PATIENCE = 1_000;

export class UnreadAnswers {
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #answers = new SweptList<Unread>(() => this.sweep());

  /** @param timeout milliseconds within which an answer must be read. @param capacity most unread answers. */
  constructor(timeout: number, capacity: number, now: () => number = () => performance.now()) {
    this.#timeout = timeout;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#answers.size;
  }

  /** @returns the handle to remove when the stream is closed. */
  enter(answer: Unread): Link<Unread> {
    return this.#answers.add(answer);
  }

  /** Gives up answers that were not read in time, and the oldest if there are too many. */
  sweep(): void {
    const now = this.#now();
    this.#answers.endWhile(
      ({ since }) => now - since >= (this.#answers.size > this.#capacity ? PATIENCE : this.#timeout),
      (answer) => answer.abandon(),
    );
  }

  close(): void {
    this.#answers.close();
  }
}

type Response = AnyResponse | ServerHttp2Stream;

/** Starts the time limit for a response. */
export function mustBeRead(response: Response, unread: UnreadAnswers): void {
  const stream = !(response instanceof StreamResponse) && 'stream' in response ? response.stream : response;
  if (stream.destroyed) return;
  // A response that is still being produced has its full time left.
  const abandon = (): void => (response.headersSent ? resetUnread(stream) : enter());
  let place: Link<Unread> | undefined;
  function enter(): void {
    place = unread.enter({ since: performance.now(), abandon });
  }
  enter();
  onceClosed(response, () => place?.remove());
}

/**
 * Resets without a status: the peer reads nothing.
 *
 * Never call this while frames of the session are read, as in a listener of its streams: Node 20 then lists a stream
 * reset with CANCEL again and again until memory runs out.
 */
export function resetUnread(stream: ServerHttp2Stream | ServerResponse | StreamResponse): void {
  if (stream instanceof StreamResponse) stream.abandon();
  else if ('close' in stream) stream.close(ErrorCode.ENHANCE_YOUR_CALM);
  else stream.destroy();
}
