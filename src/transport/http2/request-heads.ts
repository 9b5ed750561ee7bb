/** Caches the heads of a connection's last requests: a broker sends the same few header blocks again and again. */
import type { HeaderBlock } from './hpack/header-block.ts';
import { type RequestHead, readRequestHead } from './request-head.ts';

/** Enough for the five calls of a login and the three of a message. */
const MAX_REMEMBERED = 8;
/** Largest header list to cache, in bytes: a connection must not hold much. */
const MAX_SIZE = 2_048;

export class RequestHeads {
  readonly #blocks: HeaderBlock[] = [];
  readonly #heads: RequestHead[] = [];
  #next = 0;

  /** @throws StreamError if the request is malformed. */
  read(stream: number, block: HeaderBlock): RequestHead {
    const at = this.#blocks.indexOf(block);
    if (at >= 0) return this.#heads[at] as RequestHead;
    const head = readRequestHead(stream, block.fields);
    if (block.size > MAX_SIZE) return head;
    this.#blocks[this.#next] = block;
    this.#heads[this.#next] = head;
    this.#next = (this.#next + 1) % MAX_REMEMBERED;
    return head;
  }
}
