/**
 * Answers that their callers do not read. A peer that opens no window keeps each of its streams open for ever, with
 * the answer in it: such streams are reset when their time is over, or when there are too many.
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
  /** Nobody reads it. Called by a timer only: see {@link resetUnread}. */
  abandon(): void;
}

/** Milliseconds that an answer has in any case: many may go out at once, and be read in a moment. */
const PATIENCE = 1_000;

export class UnreadAnswers {
  readonly #timeout: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #answers = new SweptList<Unread>(() => this.sweep());

  /** @param timeout milliseconds in which an answer must have been read. @param capacity how many may be unread. */
  constructor(timeout: number, capacity: number, now: () => number = () => performance.now()) {
    this.#timeout = timeout;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    return this.#answers.size;
  }

  /** @returns what is removed when the stream is closed. */
  enter(answer: Unread): Link<Unread> {
    return this.#answers.add(answer);
  }

  /** Gives up every answer that was not read in time, and the oldest of too many. */
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

/** From now on the response must come to its end in time. */
export function mustBeRead(response: Response, unread: UnreadAnswers): void {
  const stream = !(response instanceof StreamResponse) && 'stream' in response ? response.stream : response;
  if (stream.destroyed) return;
  // One that is still being made has its whole time yet.
  const abandon = (): void => (response.headersSent ? resetUnread(stream) : enter());
  let place: Link<Unread> | undefined;
  function enter(): void {
    place = unread.enter({ since: performance.now(), abandon });
  }
  enter();
  onceClosed(response, () => place?.remove());
}

/**
 * No status would get through: the peer reads nothing.
 *
 * Never while frames of the session are read, as in a listener of its streams: Node 20 then lists a stream that is
 * reset with CANCEL again and again, until memory is gone.
 */
export function resetUnread(stream: ServerHttp2Stream | ServerResponse | StreamResponse): void {
  if (stream instanceof StreamResponse) stream.abandon();
  else if ('close' in stream) stream.close(ErrorCode.ENHANCE_YOUR_CALM);
  else stream.destroy();
}
